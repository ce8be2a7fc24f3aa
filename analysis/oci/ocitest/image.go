package ocitest

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Media types of what this package writes.
const (
	IndexType    = "application/vnd.oci.image.index.v1+json"
	ManifestType = "application/vnd.oci.image.manifest.v1+json"
	ConfigType   = "application/vnd.oci.image.config.v1+json"
	LayerType    = "application/vnd.oci.image.layer.v1.tar"
)

// Created is the time of everything that says no other.
var Created = time.Date(2024, 1, 2, 3, 4, 5, 0, time.UTC)

// An Image is an image in memory. Change its fields before it is written or
// asked for its documents.
type Image struct {
	Tag      string // such as "acme/api:1.4"; "" is "test:latest"
	Platform string // "" is linux/amd64
	Created  time.Time
	Layers   []Layer
	Config   Config
	// History, if not nil, replaces the one made from the layers.
	History []Step
	// Annotations of the manifest.
	Annotations map[string]string
}

// Config is what containers start with.
type Config struct {
	Env          []string            `json:"Env,omitempty"`
	Entrypoint   []string            `json:"Entrypoint,omitempty"`
	Cmd          []string            `json:"Cmd,omitempty"`
	WorkingDir   string              `json:"WorkingDir,omitempty"`
	User         string              `json:"User,omitempty"`
	Labels       map[string]string   `json:"Labels,omitempty"`
	ExposedPorts map[string]struct{} `json:"ExposedPorts,omitempty"`
}

// A Step is an entry of the history.
type Step struct {
	CreatedBy  string    `json:"created_by,omitempty"`
	Comment    string    `json:"comment,omitempty"`
	EmptyLayer bool      `json:"empty_layer,omitempty"`
	Created    time.Time `json:"created"`
}

// Build makes an image of layers, the base first.
func Build(layers ...Layer) *Image { return &Image{Layers: layers} }

// A Blob is a document or a layer with its descriptor.
type Blob struct {
	MediaType   string            `json:"mediaType"`
	Digest      string            `json:"digest"`
	Size        int64             `json:"size"`
	Annotations map[string]string `json:"annotations,omitempty"`
	Platform    *Platform         `json:"platform,omitempty"`
	Bytes       []byte            `json:"-"`
}

// A Platform as an index says it.
type Platform struct {
	Architecture string `json:"architecture"`
	OS           string `json:"os"`
	Variant      string `json:"variant,omitempty"`
}

func newBlob(mediaType string, b []byte) Blob {
	return Blob{MediaType: mediaType, Digest: Digest(b), Size: int64(len(b)), Bytes: b}
}

// Digest returns the SHA-256 digest of b: "sha256:" and 64 digits.
func Digest(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

func jsonBlob(mediaType string, v any) Blob {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err) // only values of this package get here
	}
	return newBlob(mediaType, b)
}

func (i *Image) platform() Platform {
	parts := strings.Split(cmp.Or(i.Platform, "linux/amd64"), "/")
	p := Platform{OS: parts[0]}
	if len(parts) > 1 {
		p.Architecture = parts[1]
	}
	if len(parts) > 2 {
		p.Variant = parts[2]
	}
	return p
}

// tag splits Tag into repository and tag.
func (i *Image) tag() (repo, tag string) {
	s := cmp.Or(i.Tag, "test:latest")
	if at := strings.LastIndexByte(s, ':'); at > strings.LastIndexByte(s, '/') {
		return s[:at], s[at+1:]
	}
	return s, "latest"
}

// Tar returns the uncompressed tar of layer n.
func (i *Image) Tar(n int) []byte { return i.Layers[n].tar() }

// LayerBlob returns layer n as it is stored.
func (i *Image) LayerBlob(n int) Blob { return i.Layers[n].blob() }

// ConfigBlob returns the config.
func (i *Image) ConfigBlob() Blob {
	created := i.created()
	diffIDs, steps := []string{}, i.History
	for n := range i.Layers {
		diffIDs = append(diffIDs, Digest(i.Tar(n)))
		if i.History == nil {
			steps = append(steps, Step{CreatedBy: cmp.Or(i.Layers[n].CreatedBy, fmt.Sprintf("COPY layer%d / # buildkit", n)), Created: created})
		}
	}
	p := i.platform()
	return jsonBlob(ConfigType, struct {
		Created time.Time `json:"created"`
		Platform
		Config  Config `json:"config"`
		RootFS  any    `json:"rootfs"`
		History []Step `json:"history"`
	}{created, p, i.Config, map[string]any{"type": "layers", "diff_ids": diffIDs}, steps})
}

func (i *Image) created() time.Time {
	if i.Created.IsZero() {
		return Created
	}
	return i.Created
}

// Manifest returns the manifest.
func (i *Image) Manifest() Blob {
	layers := []Blob{}
	for n := range i.Layers {
		layers = append(layers, i.LayerBlob(n))
	}
	m := jsonBlob(ManifestType, struct {
		SchemaVersion int               `json:"schemaVersion"`
		MediaType     string            `json:"mediaType"`
		Config        Blob              `json:"config"`
		Layers        []Blob            `json:"layers"`
		Annotations   map[string]string `json:"annotations,omitempty"`
	}{2, ManifestType, i.ConfigBlob(), layers, i.Annotations})
	p := i.platform()
	m.Platform = &p
	return m
}

// Blobs returns every blob of the image: layers, config, manifest.
func (i *Image) Blobs() []Blob {
	var out []Blob
	for n := range i.Layers {
		out = append(out, i.LayerBlob(n))
	}
	return append(out, i.ConfigBlob(), i.Manifest())
}

// An Index is one image for several platforms.
type Index struct {
	Tag    string
	Images []*Image
	// Attestations adds what docker buildx adds for each image: a manifest
	// that is none of an image.
	Attestations bool
}

// Blobs returns every blob of the index, itself last.
func (x *Index) Blobs() []Blob {
	var out, entries []Blob
	for _, i := range x.Images {
		out = append(out, i.Blobs()...)
		entries = append(entries, out[len(out)-1])
	}
	if x.Attestations {
		for _, e := range entries[:len(x.Images):len(x.Images)] {
			blobs := attestation(e.Digest)
			out = append(out, blobs...)
			entries = append(entries, blobs[len(blobs)-1])
		}
	}
	return append(out, IndexBlob(entries...))
}

// IndexBlob returns an index of the entries.
func IndexBlob(entries ...Blob) Blob {
	return jsonBlob(IndexType, struct {
		SchemaVersion int    `json:"schemaVersion"`
		MediaType     string `json:"mediaType"`
		Manifests     []Blob `json:"manifests"`
	}{2, IndexType, entries})
}

func attestation(of string) []Blob {
	statement := jsonBlob("application/vnd.in-toto+json", map[string]string{"_type": "https://in-toto.io/Statement/v0.1", "subject": of})
	config := jsonBlob(ConfigType, map[string]any{"architecture": "unknown", "os": "unknown", "rootfs": map[string]any{"type": "layers", "diff_ids": []string{statement.Digest}}})
	m := jsonBlob(ManifestType, map[string]any{"schemaVersion": 2, "mediaType": ManifestType, "config": config, "layers": []Blob{statement}})
	m.Platform = &Platform{OS: "unknown", Architecture: "unknown"}
	m.Annotations = map[string]string{"vnd.docker.reference.type": "attestation-manifest", "vnd.docker.reference.digest": of}
	return []Blob{statement, config, m}
}
