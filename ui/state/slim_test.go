package state

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestWriteSlim(t *testing.T) {
	s, l := newSession(t, nil)
	s.OpenSample()
	l.idle()
	if s.CanSlim() {
		t.Error("an image can be written anew without a plan")
	}
	s.SetDropped("librosa", true)
	s.SetSquash(true)
	if !s.CanSlim() {
		t.Fatal("the image cannot be written anew")
	}
	if got := s.SlimPath(); !strings.HasSuffix(got, "-slim.tar") {
		t.Errorf("suggested: %q", got)
	}
	path := filepath.Join(t.TempDir(), "slim.tar")
	s.WriteSlim(path, false)
	l.until(func() bool { return s.Compare != nil || s.Notice.Severity == Failure })
	l.idle()
	if s.Slimmed == nil {
		t.Fatalf("nothing was written: %+v", s.Notice)
	}
	if _, err := os.Stat(path); err != nil {
		t.Error(err)
	}
	if s.Slimmed.Promised.Unpacked != s.Slimmed.Actual.Unpacked {
		t.Errorf("promised %+v, written %+v", s.Slimmed.Promised, s.Slimmed.Actual)
	}
	if b := s.Compare.B; b.Image == nil || b.Image.Ledger.Unpacked != s.Slimmed.Actual.Unpacked {
		t.Error("what is compared is not what was written")
	}
	if parts := s.SlimProof(); len(parts) < 4 {
		t.Errorf("the proof: %+v", parts)
	}
	s.WriteSlim(path, false)
	l.notice()
	l.idle()
	n := s.Notice
	if len(n.Actions) != 1 || n.Why == "" {
		t.Fatalf("a name that is taken: %+v", n)
	}
	before := s.Slimmed
	n.Actions[0].Do()
	l.until(func() bool { return s.Slimmed != before })
	l.idle()
	s.Swap("torch", "cpu")
	s.WriteSlim(path+"2", false)
	l.idle()
	if n := s.Notice; n.Severity != Failure || !strings.Contains(n.Text, "swap") {
		t.Errorf("a swap in an image that is only written: %+v", n)
	}
	if _, err := os.Stat(path + "2"); err == nil {
		t.Error("a half image was left")
	}
}
