package slim

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/google/go-containerregistry/pkg/name"

	"weighline/analysis/oci"
)

// An Engine is a local Docker or Podman, which takes the image as load does.
type Engine struct {
	place oci.Place
	name  string
	force bool
	e     *oci.Engine
	temp  string
}

func newEngine(place oci.Place, text string, force bool) (*Engine, error) {
	tag, err := name.NewTag(text, name.WeakValidation)
	if err != nil {
		return nil, &OutputError{text, "it is no name with a tag, such as acme/api:slim"}
	}
	full := text
	if tag.TagStr() == name.DefaultTag && !bytes.HasSuffix([]byte(text), []byte(":"+name.DefaultTag)) {
		full += ":" + name.DefaultTag
	}
	return &Engine{place: place, name: full, force: force}, nil
}

func (e *Engine) check(ctx context.Context, _ *oci.Image) error {
	var err error
	if e.e, err = oci.ConnectEngine(ctx, e.place); err != nil {
		return err
	}
	return e.free(ctx)
}

// free says whether the name may be given.
func (e *Engine) free(ctx context.Context) error {
	if e.force {
		return nil
	}
	resp, err := e.e.Send(ctx, http.MethodGet, "/images/"+e.name+"/json", nil, "", nil)
	switch {
	case err == nil:
		resp.Body.Close()
		return &ExistsError{e.name}
	case errors.Is(err, &oci.Error{Code: oci.NotFound}):
		return nil
	}
	return err
}

func (e *Engine) reference(string) string {
	if e.place == oci.InPodman {
		return "podman:" + e.name
	}
	return "docker:" + e.name
}

func (e *Engine) scratch() (string, error) { return scratch(&e.temp) }

func (e *Engine) discard() {
	discard(e.temp)
	if e.e != nil {
		e.e.Close()
	}
}

// errOnePlatform is why an index is not given to an engine.
var errOnePlatform = errors.New("an engine takes the image of one platform")

// write streams an archive to the engine, which gives the image its name when
// it has all of it.
func (e *Engine) write(ctx context.Context, im *bundle, step func(int64)) (int64, error) {
	if err := e.free(ctx); err != nil { // it may have come while layers were written
		return 0, err
	}
	r, w := io.Pipe()
	written := make(chan error, 1)
	go func() {
		err := writeArchive(ctx, w, im, e.name, step)
		w.CloseWithError(err)
		written <- err
	}()
	resp, err := e.e.Send(ctx, http.MethodPost, "/images/load", map[string][]string{"quiet": {"1"}}, "application/x-tar", r)
	r.Close() // whatever is not read will not be
	if werr := <-written; werr != nil && !errors.Is(werr, io.ErrClosedPipe) {
		err = errors.Join(werr, err)
	}
	if err != nil {
		return 0, err
	}
	defer resp.Body.Close()
	return 0, e.loaded(resp.Body)
}

// loaded reads what the engine says to a load: a stream of JSON.
func (e *Engine) loaded(r io.Reader) error {
	for d := json.NewDecoder(io.LimitReader(r, 1<<20)); ; {
		var said struct{ Error string }
		err := d.Decode(&said)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("%s answered something that is no JSON: %w", e.e.Name, err)
		case said.Error != "":
			return fmt.Errorf("%s does not take the image: %s", e.e.Name, said.Error)
		}
	}
}
