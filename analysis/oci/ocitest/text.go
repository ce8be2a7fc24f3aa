package ocitest

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// Text is [Parse] for tests: an error ends the test.
func Text(t testing.TB, text string) *Image {
	t.Helper()
	img, err := Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

// Parse makes an image of a txtar text. A file's first path element is its
// layer, the rest its path in it; layers stack in the order in which they are
// first named. After the path may follow, separated by spaces:
//
//	-> TARGET          a symbolic link
//	=> TARGET          a hard link
//	mode=755 uid=1000 size=4096
//
// A path that ends in a slash is a folder. The lines before the first file
// say more about the image; all may be left out:
//
//	tag acme/api:1.4
//	platform linux/arm64
//	layer NAME [gzip|zstd|none] INSTRUCTION…
//	step INSTRUCTION…            a step without a layer, in its place
//	env A=B
//	cmd WORD…    entrypoint WORD…    user NAME    workdir PATH    label K=V
//
// Lines that begin with # say nothing.
func Parse(text string) (*Image, error) {
	archive := txtar.Parse([]byte(text))
	p := parser{img: &Image{}, layers: make(map[string]int)}
	for n, line := range strings.Split(string(archive.Comment), "\n") {
		if err := p.line(strings.TrimSpace(line)); err != nil {
			return nil, fmt.Errorf("image text:%d: %w", n+1, err)
		}
	}
	for _, f := range archive.Files {
		if err := p.file(f.Name, string(f.Data)); err != nil {
			return nil, fmt.Errorf("image text: -- %s --: %w", f.Name, err)
		}
	}
	p.finish()
	return p.img, nil
}

type parser struct {
	img    *Image
	layers map[string]int
	steps  []Step // in order; those of layers have their name as Comment
}

func (p *parser) line(line string) error {
	word, rest, _ := strings.Cut(line, " ")
	rest = strings.TrimSpace(rest)
	c := &p.img.Config
	switch word {
	case "", "#":
	case "tag":
		p.img.Tag = rest
	case "platform":
		p.img.Platform = rest
	case "layer":
		name, created, _ := strings.Cut(rest, " ")
		l := &p.img.Layers[p.layer(name)]
		if first, more, _ := strings.Cut(created, " "); first == "gzip" || first == "zstd" || first == "none" {
			l.Compression, created = first, more
		}
		l.CreatedBy = created
	case "step":
		p.steps = append(p.steps, Step{CreatedBy: rest, EmptyLayer: true, Created: Created})
	case "env":
		c.Env = append(c.Env, rest)
	case "cmd":
		c.Cmd = strings.Fields(rest)
	case "entrypoint":
		c.Entrypoint = strings.Fields(rest)
	case "user":
		c.User = rest
	case "workdir":
		c.WorkingDir = rest
	case "label":
		if c.Labels == nil {
			c.Labels = make(map[string]string)
		}
		k, v, _ := strings.Cut(rest, "=")
		c.Labels[k] = v
	default:
		if !strings.HasPrefix(line, "#") {
			return fmt.Errorf("%q begins no line that is known", word)
		}
	}
	return nil
}

// layer returns the index of a layer, which is made if it is new.
func (p *parser) layer(name string) int {
	n, ok := p.layers[name]
	if !ok {
		n = len(p.img.Layers)
		p.layers[name] = n
		p.img.Layers = append(p.img.Layers, Layer{})
		p.steps = append(p.steps, Step{Comment: name, Created: Created})
	}
	return n
}

func (p *parser) file(name, body string) error {
	layer, rest, ok := strings.Cut(name, "/")
	if !ok || layer == "" {
		return fmt.Errorf("the name has no layer")
	}
	words := strings.Fields(rest)
	if len(words) == 0 {
		p.layer(layer) // "-- empty/ --": a layer without entries
		return nil
	}
	e := Entry{Name: words[0], Body: body}
	for i := 1; i < len(words); i++ {
		key, value, _ := strings.Cut(words[i], "=")
		var err error
		switch {
		case words[i] == "->" && i+1 < len(words):
			e.Link, e.Body = words[i+1], ""
			i++
		case words[i] == "=>" && i+1 < len(words):
			e.HardLink, e.Body = words[i+1], ""
			i++
		case key == "mode":
			e.Mode, err = strconv.ParseInt(value, 8, 64)
		case key == "size":
			e.Size, err = strconv.ParseInt(value, 10, 64)
		case key == "uid":
			e.UID, err = strconv.Atoi(value)
		default:
			return fmt.Errorf("%q is not known", words[i])
		}
		if err != nil {
			return err
		}
	}
	l := &p.img.Layers[p.layer(layer)]
	l.Entries = append(l.Entries, e)
	return nil
}

// finish makes the history, in which steps without a layer have their place.
func (p *parser) finish() {
	for i, s := range p.steps {
		if s.EmptyLayer {
			continue
		}
		n := p.layers[s.Comment]
		p.steps[i].Comment = ""
		p.steps[i].CreatedBy = p.img.Layers[n].CreatedBy
		if p.steps[i].CreatedBy == "" {
			p.steps[i].CreatedBy = "COPY " + s.Comment + " / # buildkit"
		}
	}
	p.img.History = p.steps
}
