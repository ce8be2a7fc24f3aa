//go:build window

package main

import (
	"bytes"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"weighline/analysis/oci/ocitest"
	"weighline/analysis/plan"
)

// TestDropFile drops a file onto the window as a file manager does, and saves
// what it opened.
func TestDropFile(t *testing.T) {
	source := filepath.Join(t.TempDir(), "xdnd")
	if out, err := exec.Command("cc", "testdata/xdnd.c", "-lX11", "-o", source).CombinedOutput(); err != nil {
		t.Fatalf("cc: %v\n%s", err, out)
	}
	list := filepath.Join(t.TempDir(), "my requirements.txt") // with a blank, as files have
	if err := os.WriteFile(list, []byte("fastapi==0.115.14\nuvicorn==0.35.0\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := newDesk(t)
	d.start()
	if out, err := d.command(source, d.window, "640", "400", "file://"+strings.ReplaceAll(list, " ", "%20")).CombinedOutput(); err != nil {
		t.Fatalf("the window does not take the file: %v %s", err, out)
	}
	d.untilTitle("my requirements.txt – Weighline")
	d.drop("uvicorn")
	d.untilTitle("• my requirements.txt – Weighline")
	if p, want := d.savedPlan("dropped"), plan.New("uvicorn"); !p.Equal(want) {
		t.Errorf("the saved plan drops %v, want %v", p.Drop, want.Drop)
	}
	if b := d.saved()[0]; b.Summary.Packages < 10 {
		t.Errorf("the library holds %+v, want fastapi with what it requires", b.Summary)
	}
}

// TestSignIn opens a private image: the registry refuses it, the notice offers to
// sign in, and with name and password it opens.
func TestSignIn(t *testing.T) {
	img := ocitest.Build(ocitest.Layer{CreatedBy: "COPY app /app", Entries: []ocitest.Entry{{Name: "app/main.py", Size: 12_345}}})
	img.Tag = "acme/api:1.4"
	h := ocitest.Handler(t, img)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, password, ok := r.BasicAuth(); !ok || user != "me" || password != "secret" {
			w.Header().Set("WWW-Authenticate", `Basic realm="acme"`)
			http.Error(w, `{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}`, http.StatusUnauthorized)
			return
		}
		h.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	ref := strings.TrimPrefix(s.URL, "http://") + "/acme/api:1.4"
	d := newDesk(t)
	d.start()
	d.open(ref)
	d.untilMessage()
	d.page("Sign in")
	d.write("me")
	d.keys("Return")
	d.write("secret")
	d.keys("Return")
	d.untilTitle(ref + " – Weighline")
	d.savedPlan("private")
	if b := d.saved()[0]; b.Summary.Unpacked != 12_345 {
		t.Errorf("the library holds %+v, want 12345 bytes", b.Summary)
	}
	config, err := os.ReadDir(filepath.Join(d.dir, "config"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range config {
		if data, err := os.ReadFile(filepath.Join(d.dir, "config", f.Name())); err == nil && strings.Contains(string(data), "secret") {
			t.Errorf("%s holds the password", f.Name())
		}
	}
}

// untilMessage waits for a message at the foot of the window: its sign is the one
// thing there that has a colour.
func (d *desk) untilMessage() {
	d.t.Helper()
	d.until("a message", func() bool {
		out, err := d.command("import", "-silent", "-window", d.window, "-gravity", "SouthWest", "-crop", "22x26+4+2", "png:-").Output()
		if err != nil {
			return false
		}
		sign, err := png.Decode(bytes.NewReader(out))
		return err == nil && colourful(sign)
	})
}

// colourful reports whether a picture has a strong colour in it.
func colourful(p image.Image) bool {
	for y := p.Bounds().Min.Y; y < p.Bounds().Max.Y; y++ {
		for x := p.Bounds().Min.X; x < p.Bounds().Max.X; x++ {
			if r, g, b, _ := p.At(x, y).RGBA(); max(r, g, b)-min(r, g, b) > 0x8000 {
				return true
			}
		}
	}
	return false
}

// open opens an image by its dialog.
func (d *desk) open(ref string) {
	d.t.Helper()
	d.keys("ctrl+i")
	d.write(ref)
	d.keys("Return")
}

// TestCrash kills the app with a plan that is not saved: the next start offers
// it, and takes it.
func TestCrash(t *testing.T) {
	d := newDesk(t)
	d.start("--sample")
	d.untilTitle(sampleTitle)
	d.drop("librosa")
	d.untilTitle("• " + sampleTitle)
	d.until("a draft", func() bool {
		found, err := filepath.Glob(filepath.Join(d.dir, "cache", "weighline", "drafts", "*.json"))
		return err == nil && len(found) == 1
	})
	d.kill()
	d.start()
	d.untilMessage()
	d.page("Restore")
	d.untilTitle("• " + sampleTitle)
	if p, want := d.savedPlan("after the crash"), plan.New("librosa"); !p.Equal(want) {
		t.Errorf("the saved plan drops %v, want %v", p.Drop, want.Drop)
	}
	d.quit()
	if found, err := filepath.Glob(filepath.Join(d.dir, "cache", "weighline", "drafts", "*")); err != nil || len(found) > 0 {
		t.Errorf("drafts are left: %v (%v)", found, err)
	}
}

// TestFilterSortToggle filters by the keyboard, sorts by a click on a header and
// drops the row that is then on top.
func TestFilterSortToggle(t *testing.T) {
	d := newDesk(t)
	d.start("--sample")
	d.untilTitle(sampleTitle)
	d.keys("ctrl+f")
	d.write("nvidia")
	d.click(190, 73) // the header of the names: a to z
	d.keys("Home", "space")
	d.untilTitle("• " + sampleTitle)
	if p, want := d.savedPlan("first of nvidia"), plan.New("nvidia-cublas-cu12"); !p.Equal(want) {
		t.Errorf("the saved plan drops %v, want %v", p.Drop, want.Drop)
	}
}

// TestExportAsks exports over a file that exists: it stays until the user says
// that it may be replaced.
func TestExportAsks(t *testing.T) {
	d := newDesk(t)
	out := filepath.Join(d.dir, "slim.txt")
	if err := os.WriteFile(out, []byte("mine\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	d.start("--sample")
	d.untilTitle(sampleTitle)
	d.drop("librosa")
	d.untilTitle("• " + sampleTitle)
	d.keys("ctrl+e")
	d.write(out)
	d.keys("Return")
	d.untilMessage()
	if data, err := os.ReadFile(out); err != nil || string(data) != "mine\n" {
		t.Fatalf("the file holds %q (%v) before the user was asked", data, err)
	}
	d.page("Replace")
	d.until("the slim file", func() bool {
		data, err := os.ReadFile(out)
		return err == nil && strings.Contains(string(data), "# weighline: dropped")
	})
}
