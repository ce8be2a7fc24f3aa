package oci

import (
	"context"
	"io"
	"time"
)

// An Image is an opened image: its documents are read, its layers are not.
// It is not changed after [Open], except by [Image.Walk] where that says so.
type Image struct {
	Reference string // as it was given, without the pull command around it
	Source    Source // where it lies
	Digest    string // of the manifest; "" where the source has no manifest
	MediaType string // of the manifest; "" where the source has no manifest
	Platform  string // such as "linux/amd64" or "linux/arm/v7", from the config
	Created   time.Time
	Author    string
	Config    Config

	// Layers are in the order in which they are stacked, the base first.
	Layers []Layer
	// History is every step of the build, those without a layer as well.
	History []History
	// Platforms are the images of the index that Reference names, and nil
	// where it names a single image.
	Platforms []PlatformInfo
	// Warnings say what is odd about the image.
	Warnings []Warning
	// Incomplete, if not nil, is why there may be more layers than Layers has:
	// the archive was cut off before it said so.
	Incomplete error
	// Annotations of the manifest.
	Annotations map[string]string

	// RandomAccess is whether layers can be opened one by one, and several at
	// a time, at no extra cost. Otherwise use [Image.Walk].
	RandomAccess bool

	// RawManifest and RawConfig are the documents byte for byte. RawManifest
	// is nil where the source has none, RawConfig until an engine's image was
	// walked.
	RawManifest, RawConfig []byte
	// RawIndex is the document of the index that Reference names, nil where it
	// names a single image.
	RawIndex []byte
	// ConfigDigest names the config; engines show it as the image's ID.
	ConfigDigest string

	walk func(ctx context.Context, fn WalkFunc) error // nil: open one layer after the other
	// stream is nil for images whose layers can be opened one by one.
	stream func(ctx context.Context) (io.ReadCloser, error)
	close  func() error
}

// A Source is a kind of place where images lie.
type Source string

// The sources.
const (
	Registry      Source = "registry"
	Docker        Source = "docker"
	Podman        Source = "podman"
	DockerArchive Source = "docker-archive" // docker save, in any of its forms
	OCIArchive    Source = "oci-archive"
	OCILayout     Source = "oci-layout" // a folder
	SkopeoDir     Source = "dir"        // a folder as skopeo's dir: writes it
)

// A Layer is one layer of an image.
type Layer struct {
	// Index counts from 0, the base. In [Image.Walk] it is -1 for a layer
	// whose place is not known yet.
	Index int
	// Name tells the layer's bytes apart within the image: layers with the
	// same Name are the same blob. It is a path in an archive, else a digest.
	Name string
	// Digest is that of the blob as it is stored; "" where nobody says it.
	Digest string
	// DiffID is the digest of the uncompressed tar, from the config: a claim
	// until somebody has hashed the layer. "" where nobody says it.
	DiffID string
	// MediaType as the manifest has it.
	MediaType string
	// Compression is "gzip", "zstd", "none" or "". It comes from the first
	// bytes where the layer lies on this computer, else from MediaType, which
	// real tools are known to get wrong: trust the first bytes of the blob.
	Compression string
	// Size of the blob as it is stored, in bytes; -1 where nobody says it.
	Size int64
	// CreatedBy is the instruction of the history as it stands there but for
	// passwords ([RedactCommand]), Instruction the same as a Dockerfile has it. "" if unknown.
	CreatedBy, Instruction string
	// Foreign layers are not distributed with the image; they cannot be opened.
	Foreign     bool
	Annotations map[string]string

	file    string // where it lies among the files of the source
	path    string // of the file on this computer that holds it and nothing else, or ""
	open    func(ctx context.Context) (io.ReadCloser, error)
	readAt  func(ctx context.Context, off, n int64) ([]byte, error) // nil: not offered
	broken  *Error                                                  // why it cannot be read, if that is known
	counted func(int64)                                             // progress, may be nil
}

// Path returns the file on this computer that holds the blob and nothing else,
// or "".
func (l *Layer) Path() string { return l.path }

// Open returns the blob as it is stored: nothing is decompressed, nothing is
// verified. Several layers may be open at a time if [Image.RandomAccess].
//
// Errors are [*Error]s, those of reading as well. A registry's blob resumes by
// itself when the connection drops.
func (l *Layer) Open(ctx context.Context) (io.ReadCloser, error) {
	if l.broken != nil {
		return nil, l.broken
	}
	if l.open == nil {
		return nil, fail(Unsupported, l.label(), "layers of this source are read in one go, in the order in which they come")
	}
	rc, err := l.open(ctx)
	if err != nil {
		return nil, err
	}
	return &countingReader{rc: rc, count: l.counted}, nil
}

// Config is what the image's config says about containers made from it.
type Config struct {
	Env, Entrypoint, Cmd []string
	WorkingDir, User     string
	Labels               map[string]string
	ExposedPorts         []string // sorted, such as "8080/tcp"
	Volumes              []string // sorted
	StopSignal           string
	Shell                []string
}

// A History entry is one step of the build.
type History struct {
	Created                time.Time
	CreatedBy, Instruction string // as in [Layer]
	Comment, Author        string
	Empty                  bool // the step made no layer
	Layer                  int  // index of its layer; -1 if it has none or that is unknown
}

// A PlatformInfo is one image of an index.
type PlatformInfo struct {
	Platform  string
	Digest    string
	MediaType string
	Size      int64 // of the manifest document, in bytes
}

// A Warning is something odd that did not keep the image from being read.
type Warning struct {
	Code string // such as "history", "diff-ids", "foreign-layer"
	Text string // a sentence, harmless to print
}

// Options say how to open an image. The zero value is good.
type Options struct {
	// Platform picks from an index: "linux/arm64", "linux/arm/v7". "" is
	// linux on this computer's architecture.
	Platform string
	// Tag picks one of several images of an archive or layout.
	Tag string
	// PlainHTTP are hosts (with port) that may be asked without TLS.
	// localhost and 127.0.0.1 always may.
	PlainHTTP []string
	// CAFile is a PEM file with certificates to trust beside the system's.
	CAFile string
	// Proxy is the address of the proxy for registries; "" is what HTTPS_PROXY
	// and NO_PROXY say.
	Proxy string
	// Username and Password are used instead of the sign-ins that Docker and
	// Podman saved on this computer.
	Username, Password string
	// Stall is how long a connection may be silent before it is given up and
	// made anew. 0 is 15 seconds.
	Stall time.Duration
	// Archives are archives that need not lie on disk, by the reference that
	// names them, such as what came through a pipe.
	Archives map[string]*io.SectionReader
	// Progress is told how many bytes of layers were just read, as they are
	// stored. It may be called from several goroutines. nil is fine.
	Progress func(bytes int64)

	sleep func(ctx context.Context, d time.Duration) error // tests do not wait
}

func (o Options) withDefaults() Options {
	if o.Stall <= 0 {
		o.Stall = 15 * time.Second // longer than any pause seen on a live connection
	}
	if o.sleep == nil {
		o.sleep = sleep
	}
	return o
}

// Stream returns the archive that the image comes as where [Image.RandomAccess]
// does not hold: docker save's, uncompressed as a whole.
func (i *Image) Stream(ctx context.Context) (io.ReadCloser, error) {
	if i.stream == nil {
		return nil, fail(Unsupported, i.Reference, "its layers are opened one by one")
	}
	return i.stream(ctx)
}

// Close frees what the image holds open. Layers cannot be opened afterwards.
func (i *Image) Close() error {
	if i == nil || i.close == nil {
		return nil
	}
	return i.close()
}

func (i *Image) warn(code, text string, args ...any) {
	e := fail("", "", text, args...)
	i.Warnings = append(i.Warnings, Warning{code, e.Why})
}

// A countingReader tells how many bytes went through it.
type countingReader struct {
	rc    io.ReadCloser
	count func(int64)
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.rc.Read(p)
	if n > 0 && c.count != nil {
		c.count(int64(n))
	}
	return n, err
}

func (c *countingReader) Close() error { return c.rc.Close() }

// sleep waits for d or until ctx is done.
func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
