package slim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"weighline/analysis/oci"
)

// Media types (OCI image spec; Docker image manifest, schema 2).
const (
	ociManifest    = "application/vnd.oci.image.manifest.v1+json"
	ociIndex       = "application/vnd.oci.image.index.v1+json"
	ociConfig      = "application/vnd.oci.image.config.v1+json"
	ociLayer       = "application/vnd.oci.image.layer.v1.tar"
	dockerManifest = "application/vnd.docker.distribution.manifest.v2+json"
	dockerConfig   = "application/vnd.docker.container.image.v1+json"
	dockerLayer    = "application/vnd.docker.image.rootfs.diff.tar"

	baseName   = "org.opencontainers.image.base.name"
	baseDigest = "org.opencontainers.image.base.digest"
)

// ErrNoConfig is why an image without a readable config is not written anew.
var ErrNoConfig = errors.New("the image's config cannot be read, and without it nobody could run the result")

// An object is a JSON object whose members are kept as they are, the unknown
// ones included. Its members are written in the order of their names.
type object map[string]json.RawMessage

func parseObject(raw []byte) (object, error) {
	var o object
	d := json.NewDecoder(bytes.NewReader(raw))
	if err := d.Decode(&o); err != nil {
		return nil, err
	}
	if o == nil {
		o = object{}
	}
	return o, nil
}

func (o object) set(key string, v any) {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err) // strings, numbers, and what was JSON before
	}
	o[key] = bytes.TrimSpace(buf.Bytes())
}

// get decodes a member into v, which stays as it is if there is none.
func (o object) get(key string, v any) error {
	if raw, ok := o[key]; ok {
		return json.Unmarshal(raw, v)
	}
	return nil
}

func (o object) bytes() []byte {
	out := maps.Clone(o)
	holder := object{}
	holder.set("o", map[string]json.RawMessage(out))
	return holder["o"]
}

// A descriptor of the result, as manifests have it.
type descriptor struct {
	MediaType   string            `json:"mediaType"`
	Digest      string            `json:"digest"`
	Size        int64             `json:"size"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

func (b *blob) descriptor() descriptor {
	return descriptor{b.mediaType, b.digest, b.size, b.annotations}
}

// A maker makes the documents of the result.
type maker struct {
	img     *oci.Image
	layers  []*blob // by layer of img; nil for one that is left out
	note    string  // of the history
	created time.Time
}

// docker reports whether the image is in Docker's schema 2.
func (m *maker) docker() bool { return m.img.MediaType == dockerManifest }

// config returns the config of the result: the old one with other diff IDs, a
// step more in its history, and what has no layer any more marked so.
func (m *maker) config() (*blob, error) {
	if m.img.RawConfig == nil {
		return nil, ErrNoConfig
	}
	o, err := parseObject(m.img.RawConfig)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoConfig, err)
	}
	var root object
	if err := o.get("rootfs", &root); err != nil || root == nil {
		root = object{"type": json.RawMessage(`"layers"`)}
	}
	ids := []string{}
	for _, b := range m.layers {
		if b != nil {
			ids = append(ids, b.diffID)
		}
	}
	root.set("diff_ids", ids)
	o.set("rootfs", root)
	if err := m.history(o); err != nil {
		return nil, err
	}
	if !m.created.IsZero() {
		o.set("created", m.created)
	}
	mediaType := ociConfig
	if m.docker() {
		mediaType = dockerConfig
		m.labels(o)
	}
	return document(mediaType, o.bytes()), nil
}

// history appends what was done, and marks the steps whose layers are left out.
func (m *maker) history(o object) error {
	var steps []object
	if err := o.get("history", &steps); err != nil {
		return fmt.Errorf("the history in the image's config cannot be read: %w", err)
	}
	for i, h := range m.img.History {
		if i < len(steps) && h.Layer >= 0 && m.layers[h.Layer] == nil {
			steps[i].set("empty_layer", true)
		}
	}
	step := object{}
	if !m.created.IsZero() {
		step.set("created", m.created)
	} else if c, ok := o["created"]; ok {
		step["created"] = c
	}
	step.set("created_by", "weigh slim")
	step.set("comment", m.note)
	step.set("empty_layer", true)
	o.set("history", append(steps, step))
	return nil
}

// labels says what the image was made of where manifests have no annotations.
func (m *maker) labels(o object) {
	var c object
	if o.get("config", &c) != nil || c == nil {
		return
	}
	labels := map[string]string{}
	if c.get("Labels", &labels) != nil || labels == nil {
		labels = map[string]string{}
	}
	maps.Copy(labels, m.base())
	c.set("Labels", labels)
	o.set("config", c)
}

// base returns the annotations that name the image the result was made of (OCI
// image spec, "pre-defined annotation keys").
func (m *maker) base() map[string]string {
	out := map[string]string{}
	if m.img.Source == oci.Registry && !strings.Contains(m.img.Reference, "@") {
		out[baseName] = m.img.Reference
	}
	if m.img.Digest != "" {
		out[baseDigest] = m.img.Digest
	}
	return out
}

// manifest returns the manifest: the old one with other layers, or a new one
// where the source has none.
func (m *maker) manifest(config *blob) (*blob, error) {
	o := object{"schemaVersion": json.RawMessage("2"), "mediaType": json.RawMessage(`"` + ociManifest + `"`)}
	var old []json.RawMessage
	if m.img.RawManifest != nil {
		var err error
		if o, err = parseObject(m.img.RawManifest); err == nil {
			err = o.get("layers", &old)
		}
		if err != nil {
			return nil, fmt.Errorf("the image's manifest cannot be read: %w", err)
		}
	}
	var layers []json.RawMessage
	for i, b := range m.layers {
		switch {
		case b == nil:
		case b.source != nil && i < len(old):
			layers = append(layers, old[i])
		default:
			holder := object{}
			holder.set("d", b.descriptor())
			layers = append(layers, holder["d"])
		}
	}
	o.set("layers", layers)
	o.set("config", config.descriptor())
	delete(o, "subject") // the image is another one
	mediaType := ociManifest
	if m.docker() {
		mediaType = dockerManifest
	} else if base := m.base(); len(base) > 0 {
		all := map[string]string{}
		if o.get("annotations", &all) != nil || all == nil {
			all = map[string]string{}
		}
		maps.Copy(all, base)
		o.set("annotations", all)
	}
	return document(mediaType, o.bytes()), nil
}

// layerType returns the media type of a layer of the image in a compression.
func (m *maker) layerType(format string) (string, error) {
	switch {
	case m.docker() && format == Zstd:
		return "", errors.New("Docker's schema 2 has no layers in zstd; choose --compression gzip")
	case m.docker() && format == None:
		return dockerLayer, nil
	case m.docker():
		return dockerLayer + "." + format, nil
	case format == None:
		return ociLayer, nil
	}
	return ociLayer + "+" + format, nil
}

// annotations returns those of a layer that hold for its new bytes: tables of
// contents do not.
func annotations(l *oci.Layer) map[string]string {
	out := maps.Clone(l.Annotations)
	for _, k := range slices.Collect(maps.Keys(out)) {
		if strings.HasPrefix(k, "containerd.io/snapshot/") || strings.HasPrefix(k, "io.github.containers.zstd-chunked.") {
			delete(out, k)
		}
	}
	return out
}
