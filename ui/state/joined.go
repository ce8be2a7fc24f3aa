package state

import (
	"fmt"
	"strings"

	"weighline/analysis"
	"weighline/analysis/bytesize"
	"weighline/analysis/pep"
	"weighline/ui/texts"
)

// join returns the open build's requirements beside its image, worked out once.
func (s *Session) join() map[pep.Name]*analysis.Joined {
	if s.joinedOf != s.Build {
		s.joinedOf, s.joinedRows = s.Build, map[pep.Name]*analysis.Joined{}
		rows := s.Build.Join()
		for i := range rows {
			s.joinedRows[rows[i].Name] = &rows[i]
		}
	}
	return s.joinedRows
}

// joined tells of a package what requirements and image have of it: which line
// put how many bytes into which layer. It is nil where only one of the two is
// open.
func (s *Session) joined(r *Row) (lines []string) {
	x := s.join()[r.Name]
	if x == nil || r.Kind != "python" {
		return nil
	}
	switch x.Status {
	case analysis.JoinRequired:
		return []string{texts.T("The requirements lead to it, the image lacks it.")}
	case analysis.JoinInstalled:
		lines = append(lines, texts.F("The image has %s, the requirements do not lead to it.", x.Installed))
	case analysis.JoinDiffers:
		lines = append(lines, texts.F("The requirements lead to %s, the image has %s.", x.Required, x.Installed))
	}
	by := list(x.Roots)
	for _, l := range x.Layers {
		size := bytesize.Size(l.Bytes)
		text := texts.F("%s in layer %d", size, l.Index)
		if by != "" {
			text = texts.F("%s in layer %d, for %s", size, l.Index, by)
		}
		if in := s.instruction(l.Index); in != "" {
			text += ": " + in
		}
		lines = append(lines, text)
	}
	return lines
}

// instruction is what made a layer, shortened to be read in a sentence.
func (s *Session) instruction(layer int) string {
	if s.Build.Image == nil || layer < 0 || layer >= len(s.Build.Image.Layers) {
		return ""
	}
	text := strings.Join(strings.Fields(s.Build.Image.Layers[layer].Instruction), " ")
	if runes := []rune(text); len(runes) > 60 {
		return fmt.Sprintf("%s…", string(runes[:59]))
	}
	return text
}
