package plan

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"weighline/analysis/bytesize"
	"weighline/analysis/pep"
	"weighline/assets"
)

// A Base is an image that others start from.
type Base struct {
	Image    string  `json:"image"` // reference, such as "python:3.11-slim"
	Python   string  `json:"python"`
	Kind     string  `json:"kind"`   // "slim", or "full" with build tools
	Digest   string  `json:"digest"` // that the figures are of
	Platform string  `json:"platform"`
	Download int64   `json:"download"`           // bytes of all compressed layers
	Layers   []int64 `json:"layers"`             // of each, the lowest first
	Unpacked int64   `json:"unpacked,omitempty"` // 0 if unknown

	Source    string `json:"source,omitempty"` // "" if it is an image that was opened
	CheckedOn string `json:"checked_on,omitempty"`
	BuiltOn   string `json:"built_on,omitempty"`

	// Pullable tells that Image can stand behind FROM: it is in a registry.
	Pullable bool `json:"-"`

	guessed bool // the figures are those of another version's image
}

// Reference returns the reference with the digest, if that is known: what a
// build can be repeated from.
func (b Base) Reference() string {
	if b.Digest == "" {
		return b.Image
	}
	return b.Image + "@" + b.Digest
}

func (b Base) amount(n int64) bytesize.Amount {
	switch {
	case n <= 0:
		return bytesize.Amount{}
	case b.guessed:
		return bytesize.About(n)
	}
	return bytesize.Of(n)
}

// unpacked returns what the base takes: estimated from the download where nobody
// says, as those images of Debian and Python do that say it (2.7 times).
func (b Base) unpacked() bytesize.Amount {
	if b.Unpacked > 0 {
		return b.amount(b.Unpacked)
	}
	return bytesize.About(b.Download * 27 / 10)
}

func (b Base) largest() bytesize.Amount {
	if len(b.Layers) == 0 {
		return bytesize.Amount{}
	}
	return b.amount(slices.Max(b.Layers))
}

type basesFile struct {
	Bases       []Base     `json:"bases"`
	Development []pep.Name `json:"development"`
}

var bases = sync.OnceValue(func() basesFile {
	var f basesFile
	err := json.Unmarshal(assets.Bases, &f)
	for _, b := range f.Bases {
		var sum int64
		for _, n := range b.Layers {
			sum += n
		}
		if sum != b.Download {
			err = errors.Join(err, fmt.Errorf("bases: the layers of %s are %d bytes, not %d", b.Image, sum, b.Download))
		}
	}
	if err != nil {
		panic(err) // a test reads the file, too
	}
	return f
})

// Bases returns the images that Weighline knows, each with its source and the
// day on which that was read.
func Bases() []Base { return slices.Clone(bases().Bases) }

// baseFor returns the slim image for a version of Python, by the figures of the
// nearest one if nobody has written down its own.
func baseFor(python string) Base {
	list := bases().Bases
	for _, b := range list {
		if b.Python == python && b.Kind == "slim" {
			return b
		}
	}
	b := list[0]
	b.Image, b.Python, b.Digest, b.guessed = strings.Replace(b.Image, b.Python, python, 1), python, "", true
	return b
}

// ForDevelopment reports whether a package is known to be there for tests,
// checks, notebooks or documentation, and not for production.
func ForDevelopment(name pep.Name) bool { return slices.Contains(bases().Development, name) }
