package slim

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"weighline/analysis/oci"
)

// A Smoke is a command that was run in an image.
type Smoke struct {
	Command []string
	Engine  string // "Docker" or "Podman"
	Exit    int
	Output  string // the end of what it wrote, at most 4 kB
}

// noProgram is the exit code of a command that the image does not have, as shells
// have it.
const noProgram = 127

// smokeTime is how long a command may run.
const smokeTime = 5 * time.Minute

// RunSmoke runs a command in a container of the image, without a network, and
// takes the container away afterwards. reference is what the engine at place
// calls the image.
func RunSmoke(ctx context.Context, place oci.Place, reference, command string) (*Smoke, error) {
	words, err := splitWords(command)
	if err != nil {
		return nil, err
	}
	e, err := oci.ConnectEngine(ctx, place)
	if err != nil {
		return nil, err
	}
	defer e.Close()
	ctx, cancel := context.WithTimeoutCause(ctx, smokeTime, fmt.Errorf("the command ran for more than %v", smokeTime))
	defer cancel()
	var made struct{ ID string }
	body := map[string]any{"Image": reference, "Entrypoint": words, "Cmd": []string{}, "HostConfig": map[string]any{"NetworkMode": "none"}}
	if err := ask(ctx, e, http.MethodPost, "/containers/create", body, &made); err != nil {
		return nil, err
	}
	defer remove(ctx, e, "/containers/"+made.ID, url.Values{"force": {"1"}, "v": {"1"}})
	s := &Smoke{Command: words, Engine: e.Name}
	if err := ask(ctx, e, http.MethodPost, "/containers/"+made.ID+"/start", nil, nil); err != nil {
		if text := err.Error(); strings.Contains(text, "executable file") || strings.Contains(text, "no such file or directory") {
			s.Exit, s.Output = noProgram, text
			return s, nil
		}
		return nil, err
	}
	var ended struct{ StatusCode int }
	if err := ask(ctx, e, http.MethodPost, "/containers/"+made.ID+"/wait", nil, &ended); err != nil {
		return nil, cmpCause(ctx, err)
	}
	s.Exit = ended.StatusCode
	s.Output, err = logs(ctx, e, made.ID)
	return s, err
}

func cmpCause(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return cause
	}
	return err
}

// ask sends JSON and reads JSON; in and out may be nil.
func ask(ctx context.Context, e *oci.Engine, method, path string, in, out any) error {
	var body io.Reader
	if in != nil {
		b, err := json.Marshal(in)
		if err != nil {
			return err
		}
		body = bytes.NewReader(b)
	}
	resp, err := e.Send(ctx, method, path, nil, "application/json", body)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if out == nil {
		return nil
	}
	return json.NewDecoder(io.LimitReader(resp.Body, 1<<20)).Decode(out)
}

// remove deletes something of the engine, even when the user has had enough.
func remove(ctx context.Context, e *oci.Engine, path string, query url.Values) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	if resp, err := e.Send(ctx, http.MethodDelete, path, query, "", nil); err == nil {
		resp.Body.Close()
	}
}

// maxOutput is how much of the end of a command's output is told, in bytes.
const maxOutput = 4 << 10

// logs returns the end of what a container wrote. The stream comes in frames:
// eight bytes, the last four of which are the length.
func logs(ctx context.Context, e *oci.Engine, id string) (string, error) {
	resp, err := e.Send(ctx, http.MethodGet, "/containers/"+id+"/logs", url.Values{"stdout": {"1"}, "stderr": {"1"}, "tail": {"200"}}, "", nil)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	var out []byte
	for r := io.LimitReader(resp.Body, 4<<20); ; {
		var head [8]byte
		if _, err := io.ReadFull(r, head[:]); err != nil {
			return strings.ToValidUTF8(string(out[max(0, len(out)-maxOutput):]), "\uFFFD"), nil
		}
		part, err := io.ReadAll(io.LimitReader(r, int64(binary.BigEndian.Uint32(head[4:]))))
		out = append(out, part...)
		if err != nil {
			return string(out), err
		}
	}
}

// LoadFor gives an image to an engine under a name of its own, so that it can be
// tried. drop takes it away again.
func LoadFor(ctx context.Context, place oci.Place, img *oci.Image, name string) (drop func(), err error) {
	out, err := newEngine(place, name, true)
	if err != nil {
		return nil, err
	}
	if err := out.check(ctx, img); err != nil {
		return nil, err
	}
	im, err := asImage(ctx, img)
	if err != nil {
		return nil, err
	}
	if _, err := out.write(ctx, &bundle{images: []*image{im}}, func(int64) {}); err != nil {
		return nil, err
	}
	return func() { remove(ctx, out.e, "/images/"+out.name, nil); out.discard() }, nil
}

// asImage shows an opened image as one that can be written.
func asImage(ctx context.Context, img *oci.Image) (*image, error) {
	if img.RawManifest == nil || img.RawConfig == nil {
		return nil, ErrNoConfig
	}
	im := &image{manifest: document(img.MediaType, img.RawManifest), config: document(ociConfig, img.RawConfig)}
	for i := range img.Layers {
		l := &img.Layers[i]
		b := &blob{mediaType: l.MediaType, digest: l.Digest, size: l.Size, diffID: l.DiffID, source: l}
		if b.digest == "" || b.size < 0 {
			var err error
			if b.digest, b.size, err = digestOf(ctx, b); err != nil {
				return nil, err
			}
		}
		im.layers = append(im.layers, b)
	}
	return im, nil
}

// splitWords splits a command as a shell does, quotes and backslashes included,
// and nothing else: no variable is expanded.
func splitWords(s string) ([]string, error) {
	var words []string
	var word strings.Builder
	var quote rune
	begun, escaped := false, false
	for _, c := range s {
		switch {
		case escaped:
			word.WriteRune(c)
			escaped = false
		case c == '\\' && quote != '\'':
			escaped, begun = true, true
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"'):
			quote, begun = c, true
		case quote == 0 && (c == ' ' || c == '\t' || c == '\n'):
			if begun {
				words = append(words, word.String())
				word.Reset()
			}
			begun = false
		default:
			word.WriteRune(c)
			begun = true
		}
	}
	if quote != 0 || escaped {
		return nil, errors.New("--smoke: a quote is not closed")
	}
	if begun {
		words = append(words, word.String())
	}
	if len(words) == 0 {
		return nil, errors.New("--smoke: there is no command")
	}
	return words, nil
}
