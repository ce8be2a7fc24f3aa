package insight

import (
	"fmt"
	"regexp"
	"strings"

	"weighline/analysis/bytesize"
)

var (
	// The whole folder of the sources, as BuildKit and as older builders note it.
	copyAll = regexp.MustCompile(`^(?:COPY|ADD) (?:--(?:chown|chmod|link|exclude)\S* )*(?:\.|\./|/|dir:\S+ in) \S`)
	// What installs the dependencies of a service.
	installs = regexp.MustCompile(`\b(?:pip3?|pip3?\.\d+) (?:\S+ )*install\b|\buv (?:\S+ )*(?:sync|pip install)\b|\b(?:poetry|pdm|pipenv) (?:\S+ )*(?:install|sync)\b|\b(?:conda|mamba|micromamba) (?:\S+ )*(?:install|create|update)\b|\bnpm (?:ci|install)\b|\byarn install\b|\bpnpm install\b`)
)

// copyOrder tells of layers that install dependencies behind the one that copies
// the sources: each change of any file makes, pushes and pulls them anew.
func (f *finder) copyOrder() {
	x := Insight{ID: "copy-before-install", Counts: Again, Certainty: Known,
		Text: "A layer is made anew when one before it changes. Behind COPY of all sources, every change of any file installs, pushes and pulls the dependencies again.",
		Fix:  []string{"COPY requirements.txt ./", "RUN pip install -r requirements.txt", "COPY . ."},
		Risk: "An installation that needs the project itself (pip install .) has to be split: the dependencies first, the project after COPY.",
	}
	all := -1
	var sum bytesize.Total
	for i, l := range f.in.Layers {
		switch {
		case all < 0 && copyAll.MatchString(l.Instruction):
			all = i
			if strings.Contains(l.Instruction, " dir:") {
				x.Certainty = Possible // of which folder the history does not tell
			}
		case all >= 0 && strings.HasPrefix(l.Instruction, "RUN ") && installs.MatchString(l.Instruction):
			sum.Add(l.Download)
			x.Rows = append(x.Rows, Row{Layer: i, Bytes: l.Download, Note: fmt.Sprintf("%s, behind layer %d: %s", f.instruction(i), all, f.instruction(all))})
		}
	}
	if len(x.Rows) == 0 {
		return
	}
	x.Bytes = amountOf(sum)
	x.Title = fmt.Sprintf("%s of dependencies are built and pulled again with each change of the sources", sum)
	f.add(x)
}

// A Limit is the largest layer that a registry takes, in compressed bytes.
type Limit struct {
	Name   string
	Bytes  bytesize.Size
	Source string // URL
}

// layerLimits tells of layers that a registry would refuse.
func (f *finder) layerLimits() {
	for _, limit := range f.in.Limits {
		x := Insight{ID: "layer-limit", Counts: Again, Certainty: Known,
			Text: fmt.Sprintf("%s takes layers of at most %s (%s).", limit.Name, limit.Bytes, limit.Source),
			Fix:  []string{"# install in several instructions, the heaviest packages in one of their own:", "RUN pip install torch", "RUN pip install -r requirements.txt"},
			Risk: "None for the running container; one more layer to pull.",
		}
		var sum bytesize.Total
		var largest bytesize.Size
		for i, l := range f.in.Layers {
			if l.Download.Basis != bytesize.Unknown && l.Download.Size > limit.Bytes {
				sum.Add(l.Download)
				largest = max(largest, l.Download.Size)
				x.Rows = append(x.Rows, Row{Layer: i, Bytes: l.Download, Note: f.instruction(i)})
			}
		}
		if len(x.Rows) == 0 {
			continue
		}
		x.Bytes = amountOf(sum)
		x.Title = fmt.Sprintf("%s above the limit of %s: up to %s of at most %s", count(len(x.Rows), "layer", "layers"), limit.Name, largest, limit.Bytes)
		f.add(x)
	}
}

// staleLock tells of a lock that is older than the project it was made for: what
// it installs is not what the project asks for.
func (f *finder) staleLock() {
	x := Insight{ID: "stale-lock", Certainty: Known, Counts: Download,
		Text: "The lock was made for another state of the project. A build installs what the lock says, or fails.",
		Fix:  []string{"uv lock", "# or: poetry lock, pdm lock, pipenv lock, pip-compile"},
		Risk: "Locking again takes newer versions where the project allows it: run the tests."}
	for _, w := range f.in.Warnings {
		if w.Code == "stale-lock" {
			x.Rows = append(x.Rows, Row{Layer: -1, File: w.File, Line: w.Line, Note: w.Text})
		}
	}
	if len(x.Rows) == 0 {
		return
	}
	x.Title = fmt.Sprintf("The lock is older than the project: %s", count(len(x.Rows), "difference", "differences"))
	f.add(x)
}
