package pyindex

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"

	"weighline/analysis/pep"
)

// A Client asks package indexes. What it was told once it does not ask again,
// and what may be kept is kept on disk. Its methods may be called from several
// goroutines. [Client.Close] ends what it does in the background.
type Client struct {
	o       ClientOptions
	indexes []*url.URL // without user and password
	pinned  map[pep.Name]*url.URL
	web     *web
	ctx     context.Context //nolint:containedctx // of what was hinted at
	stop    context.CancelFunc

	mu       sync.Mutex
	pages    map[pep.Name]*promise[[]Release]
	metadata map[string]*promise[Metadata] // by the file's URL
	contents map[string]*promise[*Contents]
	places   map[string]*promise[[]File] // of --find-links
	hinted   map[string]bool
	warnings []string
}

// A promise is an answer that somebody is fetching.
type promise[T any] struct {
	done  chan struct{}
	value T
	err   error
}

// NewClient returns a client for the indexes. It opens no connection yet.
func NewClient(o ClientOptions) (*Client, error) {
	o = o.withDefaults()
	c := &Client{o: o, pages: map[pep.Name]*promise[[]Release]{}, metadata: map[string]*promise[Metadata]{},
		contents: map[string]*promise[*Contents]{}, places: map[string]*promise[[]File]{}, hinted: map[string]bool{}, pinned: map[pep.Name]*url.URL{}}
	var err error
	if c.web, err = newWeb(o); err != nil {
		return nil, err
	}
	for _, raw := range o.Indexes {
		u, err := c.address(raw)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(c.indexes, func(v *url.URL) bool { return v.String() == u.String() }) {
			c.indexes = append(c.indexes, u)
		}
	}
	for name, raw := range o.Pinned {
		if c.pinned[name], err = c.address(raw); err != nil {
			return nil, err
		}
	}
	c.ctx, c.stop = context.WithCancel(context.Background())
	return c, nil
}

// address reads the address of an index, and keeps the key in it.
func (c *Client) address(raw string) (*url.URL, error) {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("%s: the address of an index begins with https:// or http://", clean(raw))
	}
	if u.User != nil {
		c.web.keys.add(u)
		u.User = nil
	}
	u.RawQuery, u.Fragment = "", ""
	u.Path = strings.TrimRight(u.Path, "/") + "/"
	return u, nil
}

// clean returns an address without user, password and query.
func clean(raw string) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil {
		return "the address of the index"
	}
	u.User, u.RawQuery, u.Fragment = nil, "", ""
	return u.String()
}

// Close ends what the client does in the background.
func (c *Client) Close() {
	c.stop()
	c.web.http.CloseIdleConnections()
}

// Indexes returns the addresses of the indexes in the order in which they are
// asked, without passwords.
func (c *Client) Indexes() []string {
	out := make([]string, len(c.indexes))
	for i, u := range c.indexes {
		out[i] = strings.TrimRight(u.String(), "/")
	}
	return out
}

// Asked returns the addresses of the indexes and the --find-links places.
func (c *Client) Asked() []string {
	out := c.Indexes()
	for _, place := range c.o.FindLinks {
		out = append(out, cleanPlace(place))
	}
	return out
}

// Fetched returns how many bytes were received, without those of the cache.
func (c *Client) Fetched() int64 { return c.web.fetched.Load() }

// Warnings returns what went wrong and did not stop the client: an index that
// could not be asked while another answered.
func (c *Client) Warnings() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.warnings)
}

func (c *Client) warn(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.Contains(c.warnings, text) {
		c.warnings = append(c.warnings, text)
	}
}

// share returns the answer for a key, which the first caller fetches. A fetch
// goes on when its caller gives up, until the client is closed.
func share[K comparable, T any](ctx context.Context, c *Client, all map[K]*promise[T], key K, fetch func(context.Context) (T, error)) (T, error) {
	c.mu.Lock()
	p := all[key]
	if p == nil {
		p = &promise[T]{done: make(chan struct{})}
		all[key] = p
		go func() {
			defer close(p.done)
			p.value, p.err = fetch(c.ctx)
		}()
	}
	c.mu.Unlock()
	select {
	case <-p.done:
		return p.value, p.err
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
}

// Releases returns the releases of a project on all indexes, or an error that
// wraps [ErrNotFound]. The caller must not change them.
func (c *Client) Releases(ctx context.Context, name pep.Name) ([]Release, error) {
	return share(ctx, c, c.pages, name, func(ctx context.Context) ([]Release, error) { return c.ask(ctx, name) })
}

// ask asks all indexes at the same time, and looks at the --find-links. As with pip, one that fails does not
// hide what the others have.
func (c *Client) ask(ctx context.Context, name pep.Name) ([]Release, error) {
	indexes := c.indexes
	if only := c.pinned[name]; only != nil {
		indexes = []*url.URL{only}
	}
	lists := make([][]Release, len(indexes))
	errs := make([]error, len(indexes))
	var wait sync.WaitGroup
	for i := range indexes {
		wait.Go(func() { lists[i], errs[i] = c.page(ctx, indexes[i], name) })
	}
	var all []Release
	var failed []error
	if c.pinned[name] == nil {
		all, failed = c.links(ctx, name)
	}
	wait.Wait()
	all = slices.Concat(append([][]Release{all}, lists...)...)
	for _, err := range errs {
		if err != nil && !errors.Is(err, ErrNotFound) {
			failed = append(failed, err)
		}
	}
	switch {
	case len(all) == 0 && len(failed) > 0:
		return nil, errors.Join(failed...)
	case len(all) == 0:
		return nil, fmt.Errorf("%s: %w on %s", name, ErrNotFound, strings.Join(c.Asked(), ", "))
	}
	for _, err := range failed {
		c.warn(err.Error())
	}
	return all, nil
}

// page reads one index's page of a project.
func (c *Client) page(ctx context.Context, index *url.URL, name pep.Name) ([]Release, error) {
	at := index.JoinPath(string(name)) // net/url keeps the end of the path apart
	at.Path += "/"
	doc, err := c.web.get(ctx, at.String(), acceptPages, c.o.MaxPage)
	if err != nil {
		if errors.Is(err, ErrNotFound) {
			return nil, err
		}
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	files, err := parsePage(doc)
	if err != nil {
		return nil, fmt.Errorf("%s: %s: %w", name, clean(doc.url), err)
	}
	return group(name, strings.TrimRight(index.String(), "/"), files), nil
}

// File returns the file of a project that Releases returned, by its name.
func (c *Client) File(ctx context.Context, name pep.Name, filename string) (*File, bool) {
	all, err := c.Releases(ctx, name)
	if err != nil {
		return nil, false
	}
	for i := range all {
		for j := range all[i].Files {
			if f := &all[i].Files[j]; strings.EqualFold(f.Filename, filename) {
				return f, true
			}
		}
	}
	return nil, false
}
