package oci

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"regexp"
	"strings"
)

// Limits for documents of strangers. Real ones stay far below: the biggest
// manifests known have some hundred layers and 60 kB.
const (
	maxDocument = 8 << 20 // bytes of a manifest, index or config
	maxLayers   = 10_000
	maxIndex    = 20_000 // descriptors of all nested indexes together
	maxNesting  = 4      // indexes within indexes
)

// A descriptor points to a document or blob (OCI image spec, "descriptor").
type descriptor struct {
	MediaType    string            `json:"mediaType"`
	Digest       string            `json:"digest"`
	Size         int64             `json:"size"`
	URLs         []string          `json:"urls"`
	Annotations  map[string]string `json:"annotations"`
	Platform     *platform         `json:"platform"`
	ArtifactType string            `json:"artifactType"`
	Data         []byte            `json:"data"`
}

// A document is a manifest or an index: which one shows in its fields.
type document struct {
	SchemaVersion int               `json:"schemaVersion"`
	MediaType     string            `json:"mediaType"`
	ArtifactType  string            `json:"artifactType"`
	Config        *descriptor       `json:"config"`
	Layers        []descriptor      `json:"layers"`
	Manifests     []descriptor      `json:"manifests"`
	Annotations   map[string]string `json:"annotations"`
	FSLayers      []struct{}        `json:"fsLayers"` // schema 1
}

func (d *document) isIndex() bool { return d.Manifests != nil }

// parseDocument reads a manifest or index. what names it in messages.
func parseDocument(b []byte, what string) (*document, error) {
	trimmed := bytes.TrimSpace(b)
	switch {
	case len(trimmed) == 0:
		return nil, fail(Damaged, what, "the manifest is empty")
	case trimmed[0] == '<':
		return nil, fail(Offline, what, "a web page came instead of a manifest").
			hint("A hotel's or company's network may want a sign-in first: open a web browser.")
	}
	if err := checkCounts(b, what); err != nil {
		return nil, err
	}
	var d document
	if err := json.Unmarshal(b, &d); err != nil {
		return nil, fail(Damaged, what, "the manifest cannot be read: %v", err)
	}
	switch {
	case d.SchemaVersion == 1 || d.FSLayers != nil || strings.Contains(d.MediaType, "distribution.manifest.v1"):
		return nil, fail(Schema1, what, "the image has a schema 1 manifest, a form given up in 2019 that says no sizes").
			hint("Pull and push it again with a current Docker, or: skopeo copy --format v2s2.")
	case d.Manifests != nil && d.Layers != nil:
		return nil, fail(Damaged, what, "the manifest claims to be an image and an index at once")
	case d.Manifests == nil && d.Config == nil && d.Layers == nil:
		return nil, fail(NotAnImage, what, "the document is neither a manifest nor an index")
	}
	return &d, nil
}

// checkCounts refuses documents that list too much before they are read: the
// smallest descriptor has two bytes, and takes a hundred times that in memory.
func checkCounts(b []byte, what string) error {
	if bytes.Count(b, []byte("{")) <= maxLayers {
		return nil
	}
	var d struct {
		Layers    []struct{} `json:"layers"` // these take no memory
		Manifests []struct{} `json:"manifests"`
	}
	_ = json.Unmarshal(b, &d) // what is wrong is told later
	switch {
	case len(d.Layers) > maxLayers:
		return fail(Unsupported, what, "the manifest lists %d layers; at most %d are read", len(d.Layers), maxLayers)
	case len(d.Manifests) > maxIndex:
		return fail(Unsupported, what, "the index lists %d images; more than %d are not read", len(d.Manifests), maxIndex)
	}
	return nil
}

// A store finds documents by their descriptor, at most maxDocument bytes each,
// and checks their digests.
type store interface {
	document(ctx context.Context, d descriptor) ([]byte, error)
}

var digestForm = regexp.MustCompile(`^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$`)

func validDigest(s string) bool { return digestForm.MatchString(s) }

// inline returns the document itself where the descriptor carries it, and an
// error where its digest is none.
func (d descriptor) inline(what string) ([]byte, error) {
	switch {
	case d.Digest == "":
		return nil, fail(Damaged, what, "the manifest does not say which it is")
	case !validDigest(d.Digest):
		return nil, fail(Damaged, what, "%s is no digest", d.Digest)
	case len(d.Data) > 0 && checkDigest(d.Data, d, what) == nil:
		return d.Data, nil
	}
	return nil, nil
}

// digestOf returns the digest of b in the algorithm of like ("" is sha256).
func digestOf(b []byte, like string) string {
	if strings.HasPrefix(like, "sha512:") {
		s := sha512.Sum512(b)
		return "sha512:" + hex.EncodeToString(s[:])
	}
	s := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(s[:])
}

// checkDigest compares the bytes of a document with what its descriptor says.
func checkDigest(b []byte, d descriptor, what string) error {
	if got := digestOf(b, d.Digest); got != d.Digest {
		return fail(Damaged, what, "the contents do not match their digest: %s was asked for, %s came", d.Digest, got)
	}
	return nil
}
