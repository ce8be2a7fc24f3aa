package oci

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// A configFile is the document that describes containers and history (OCI
// image spec, "image configuration").
type configFile struct {
	platform
	Created looseTime    `json:"created"`
	Author  string       `json:"author"`
	Config  *looseConfig `json:"config"`
	RootFS  struct {
		Type    string   `json:"type"`
		DiffIDs []string `json:"diff_ids"`
	} `json:"rootfs"`
	History []historyEntry `json:"history"`
}

type historyEntry struct {
	Created    looseTime `json:"created"`
	CreatedBy  string    `json:"created_by"`
	Comment    string    `json:"comment"`
	Author     string    `json:"author"`
	EmptyLayer bool      `json:"empty_layer"`
}

type looseConfig struct {
	Env          []string            `json:"Env"`
	Entrypoint   looseList           `json:"Entrypoint"`
	Cmd          looseList           `json:"Cmd"`
	WorkingDir   string              `json:"WorkingDir"`
	User         string              `json:"User"`
	Labels       map[string]string   `json:"Labels"`
	ExposedPorts map[string]struct{} `json:"ExposedPorts"`
	Volumes      map[string]struct{} `json:"Volumes"`
	StopSignal   string              `json:"StopSignal"`
	Shell        looseList           `json:"Shell"`
}

// A looseTime is a time that some tools leave empty or write in other forms;
// such a time is the zero time.
type looseTime struct{ time.Time }

func (t *looseTime) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &t.Time) != nil {
		t.Time = time.Time{}
	}
	return nil
}

// A looseList is a list of strings that old tools write as one string.
type looseList []string

func (l *looseList) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil && one != "" {
		*l = looseList{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(l))
}

func parseConfig(b []byte, what string) (*configFile, error) {
	var f configFile
	if err := json.Unmarshal(b, &f); err != nil {
		return nil, fail(Damaged, what, "the image's config cannot be read: %v", err)
	}
	return &f, nil
}

func (f *configFile) facts() Config {
	c := f.Config
	if c == nil {
		return Config{}
	}
	return Config{
		Env: c.Env, Entrypoint: c.Entrypoint, Cmd: c.Cmd,
		WorkingDir: c.WorkingDir, User: c.User, Labels: c.Labels,
		ExposedPorts: slices.Sorted(maps.Keys(c.ExposedPorts)),
		Volumes:      slices.Sorted(maps.Keys(c.Volumes)),
		StopSignal:   c.StopSignal, Shell: c.Shell,
	}
}

// describe fills in what the config says. Layers must be there already.
func (i *Image) describe(f *configFile) {
	i.Created, i.Author, i.Config = f.Created.Time, f.Author, f.facts()
	if f.Architecture != "" {
		i.Platform = f.platform.String()
	}
	ids := f.RootFS.DiffIDs
	if len(ids) != len(i.Layers) {
		i.warn("diff-ids", "The config lists %d layers and the manifest %d; which is which is not known for sure.", len(ids), len(i.Layers))
	} else {
		for n, id := range ids {
			if !validDigest(id) {
				i.warn("diff-ids", "The config's diff ID of layer %d is no digest: %s.", n+1, id)
				continue
			}
			i.Layers[n].DiffID = id
		}
	}
	i.History = make([]History, len(f.History))
	for n, h := range f.History {
		i.History[n] = History{Created: h.Created.Time, CreatedBy: RedactCommand(h.CreatedBy), Instruction: Instruction(h.CreatedBy),
			Comment: h.Comment, Author: h.Author, Empty: h.EmptyLayer, Layer: -1}
	}
	i.mapHistory()
}

// mapHistory gives each layer the step that made it. When the counts disagree,
// steps that cannot make a layer are left out; if that does not help, no layer
// gets a step: none is better than a wrong one.
func (i *Image) mapHistory() {
	steps := i.steps(func(h *History) bool { return !h.Empty })
	if len(i.History) == 0 {
		return
	}
	if len(steps) != len(i.Layers) {
		doubtful := len(steps)
		steps = i.steps(func(h *History) bool { return !h.Empty && !metadataOnly(h.Instruction) })
		if len(steps) != len(i.Layers) {
			i.warn("history", "The history tells of %d layers and there are %d, so instructions are not shown beside layers.", doubtful, len(i.Layers))
			return
		}
		i.warn("history", "The history tells of %d layers and there are %d; steps such as ENV and CMD were left out to match them.", doubtful, len(i.Layers))
	}
	for n, h := range steps {
		h.Layer = n
		i.Layers[n].CreatedBy, i.Layers[n].Instruction = h.CreatedBy, h.Instruction
		if h.CreatedBy == "" && h.Comment != "" {
			i.Layers[n].Instruction = clean(h.Comment) // docker import and its like
		}
	}
}

func (i *Image) steps(keep func(*History) bool) []*History {
	var out []*History
	for n := range i.History {
		if keep(&i.History[n]) {
			out = append(out, &i.History[n])
		}
	}
	return out
}

// metadataOnly is whether a Dockerfile instruction never writes files.
func metadataOnly(instruction string) bool {
	word, _, _ := strings.Cut(instruction, " ")
	switch word {
	case "ENV", "CMD", "ENTRYPOINT", "LABEL", "EXPOSE", "USER", "VOLUME", "STOPSIGNAL", "HEALTHCHECK", "ARG", "ONBUILD", "SHELL", "MAINTAINER":
		return true
	}
	return false
}
