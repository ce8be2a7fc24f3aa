package oci

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
)

// An Engine is a running Docker or Podman, reached through its socket as
// reading does.
type Engine struct {
	Name string // "Docker" or "Podman"
	e    *engine
}

// ConnectEngine finds the engine of a place.
func ConnectEngine(ctx context.Context, place Place) (*Engine, error) {
	e, err := findEngine(ctx, place)
	if err != nil {
		return nil, err
	}
	return &Engine{e.name, e}, nil
}

// Send sends a request of the engine's API and returns the answer, whose body
// must be closed. An answer that is no success is an [*Error]: NotFound where
// the engine says so.
func (e *Engine) Send(ctx context.Context, method, path string, query url.Values, contentType string, body io.Reader) (*http.Response, error) {
	resp, err := e.e.send(ctx, method, path, query, contentType, body)
	var status *statusError
	switch {
	case err == nil:
		return resp, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.As(err, &status) && status.code == http.StatusNotFound:
		return nil, fail(NotFound, e.Name, "%s", cmp.Or(status.text, "there is no such thing")).because(err)
	}
	return nil, fail(Unavailable, e.Name, "%v", err)
}

// Close ends its connections.
func (e *Engine) Close() { e.e.client.CloseIdleConnections() }
