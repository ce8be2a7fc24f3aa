package oci

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// An engine is a Docker or Podman that answered on its socket. Both speak
// Docker's HTTP interface.
type engine struct {
	name   string // "Docker" or "Podman"
	base   string // URL before the path
	client *http.Client
}

// engineImage is what /images/NAME/json says.
type engineImage struct {
	ID          string `json:"Id"`
	RepoDigests []string
	Descriptor  *descriptor // where the engine keeps images as containerd does
	Created     looseTime
	Author      string
	Config      *looseConfig
	OS          string `json:"Os"`
	Arch        string `json:"Architecture"`
	Variant     string
	RootFS      struct{ Layers []string }
}

// engineStep is an entry of /images/NAME/history, the newest first.
type engineStep struct {
	Created   int64 // seconds since 1970
	CreatedBy string
	Comment   string
	Size      int64 // of the files; 0 as well for a layer without any
}

// openEngine asks an engine about an image. Sizes of its layers are known
// only once they are read: engines keep them unpacked.
func openEngine(ctx context.Context, ref Ref, o Options) (*Image, error) {
	e, err := findEngine(ctx, ref.Place)
	if err != nil {
		return nil, err
	}
	var info engineImage
	if err := e.get(ctx, "/images/"+ref.Name+"/json", &info); err != nil {
		return nil, e.explain(ctx, ref, err)
	}
	if len(info.RootFS.Layers) > maxLayers {
		return nil, fail(Unsupported, ref.Text, "the image has %d layers; at most %d are read", len(info.RootFS.Layers), maxLayers)
	}
	var steps []engineStep
	if err := e.get(ctx, "/images/"+ref.Name+"/history", &steps); err != nil && ctx.Err() != nil {
		return nil, ctx.Err() // no history is no harm
	}
	img := info.image(ref)
	for n, id := range info.RootFS.Layers {
		img.Layers = append(img.Layers, Layer{Index: n, DiffID: id, Name: id, Size: -1, counted: o.Progress})
	}
	img.tellSteps(steps)
	img.Source = map[Place]Source{InDocker: Docker, InPodman: Podman}[ref.Place]
	if err := img.checkPlatform(ref.Text, o.Platform); err != nil {
		return nil, err
	}
	img.walk = func(ctx context.Context, fn WalkFunc) error { return e.walk(ctx, ref, img, o, fn) }
	img.stream = func(ctx context.Context) (io.ReadCloser, error) {
		resp, err := e.do(ctx, "/images/"+ref.Name+"/get")
		if err != nil {
			return nil, e.explain(ctx, ref, err)
		}
		return resp.Body, nil
	}
	img.close = func() error { e.client.CloseIdleConnections(); return nil }
	return img, nil
}

func (i *engineImage) image(ref Ref) *Image {
	img := &Image{Reference: ref.Text, Created: i.Created.Time, Author: i.Author, ConfigDigest: i.ID}
	img.Platform = platform{OS: i.OS, Architecture: i.Arch, Variant: i.Variant}.String()
	img.Config = (&configFile{Config: i.Config}).facts()
	repo, _, _ := strings.Cut(ref.Name, "@")
	if at := strings.LastIndexByte(repo, ':'); at > strings.LastIndexByte(repo, '/') {
		repo = repo[:at]
	}
	for _, d := range i.RepoDigests {
		name, digest, _ := strings.Cut(d, "@")
		if validDigest(digest) && (name == repo || strings.HasSuffix(name, "/"+repo) || len(i.RepoDigests) == 1) {
			img.Digest = digest
		}
	}
	if i.Descriptor != nil {
		img.Digest = cmp.Or(i.Descriptor.Digest, img.Digest)
	}
	return img
}

// tellSteps maps an engine's history to layers. It does not say which steps
// made a layer, so the first guess whose count fits is taken.
func (i *Image) tellSteps(steps []engineStep) {
	slices.Reverse(steps)
	i.History = make([]History, len(steps))
	for n, s := range steps {
		i.History[n] = History{Created: time.Unix(s.Created, 0).UTC(), CreatedBy: RedactCommand(s.CreatedBy), Instruction: Instruction(s.CreatedBy),
			Comment: s.Comment, Layer: -1}
	}
	for _, empty := range []func(n int) bool{
		func(n int) bool { return steps[n].Size == 0 },
		func(n int) bool { return steps[n].Size == 0 && metadataOnly(i.History[n].Instruction) },
		func(int) bool { return false },
	} {
		full := 0
		for n := range steps {
			if i.History[n].Empty = empty(n); !i.History[n].Empty {
				full++
			}
		}
		if full == len(i.Layers) {
			i.mapHistory()
			return
		}
	}
}

// get decodes the answer to a GET.
func (e *engine) get(ctx context.Context, path string, v any) error {
	resp, err := e.do(ctx, path)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, maxDocument))
	if err != nil {
		return err
	}
	return json.Unmarshal(b, v)
}

// do sends a GET; the status is 200.
func (e *engine) do(ctx context.Context, path string) (*http.Response, error) {
	return e.send(ctx, http.MethodGet, path, nil, "", nil)
}

// send sends a request; the status is one of success.
func (e *engine) send(ctx context.Context, method, path string, query url.Values, contentType string, body io.Reader) (*http.Response, error) {
	u := url.URL{Path: path, RawQuery: query.Encode()}
	req, err := http.NewRequestWithContext(ctx, method, e.base+u.String(), body)
	if err != nil {
		return nil, err
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	resp, err := e.client.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode >= http.StatusMultipleChoices {
		defer resp.Body.Close()
		b, _ := io.ReadAll(io.LimitReader(resp.Body, 4096))
		var said struct{ Message string }
		_ = json.Unmarshal(b, &said) // else b itself is said
		return nil, &statusError{resp.StatusCode, cmp.Or(said.Message, string(b))}
	}
	return resp, nil
}

type statusError struct {
	code int
	text string
}

func (s *statusError) Error() string { return s.text }

// explain turns an error of the engine into an [*Error].
func (e *engine) explain(ctx context.Context, ref Ref, err error) error {
	var status *statusError
	var op *net.OpError
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &status) && status.code == http.StatusNotFound:
		x := fail(NotFound, ref.Text, "%s has no image %s on this computer.", e.name, ref.Name).because(err)
		if near := e.nearest(ctx, ref.Name); near != "" {
			x.Why += " Nearest: " + near + "."
		}
		return x.hint("Without %s: in front, %s is looked for in a registry.", strings.ToLower(e.name), ref.Name)
	case errors.As(err, &op):
		return fail(Unavailable, ref.Text, "the connection to %s broke: %v", e.name, err)
	}
	return fail(Unavailable, ref.Text, "%s said: %v", e.name, err)
}

// nearest names the local images that are most like name, or "".
func (e *engine) nearest(ctx context.Context, name string) string {
	var images []struct{ RepoTags []string }
	if e.get(ctx, "/images/json", &images) != nil {
		return ""
	}
	var tags []string
	for _, i := range images {
		tags = append(tags, i.RepoTags...)
	}
	return strings.Join(nearest(name, tags, 3), ", ")
}
