package analysis

import (
	"strings"
)

// A LayerPair is one row of two images' layers side by side: places in the lists
// of layers, -1 where the other image has nothing for it.
type LayerPair struct {
	A, B  int
	Match Match
}

// A Match says why two layers stand in one row.
type Match string

// The matches, the strongest first.
const (
	Unmatched Match = ""        // one of the two sides is -1
	Shared    Match = "shared"  // the same diff ID, or the same blob
	Rebuilt   Match = "rebuilt" // the same instruction made another layer
	Similar   Match = "similar" // an instruction of the same kind that says mostly the same
	MovedTo   Match = "moved"   // shared, but at another place among the others
)

// What a match counts when layers are aligned: any number of weaker ones is
// outweighed by a stronger one, as maxAlign allows 1,024 pairs at most. A similar
// one counts by the share of its words that both say, of scoreSimilar.
const (
	scoreShared  = 1 << 32
	scoreRebuilt = 1 << 20
	scoreSimilar = 1000
)

// maxAlign bounds the work for images made to be slow: layers of A times
// layers of B. Real images have at most 127 (overlayfs).
const maxAlign = 1 << 20

// alignLayers puts the layers of two images side by side: the longest common
// subsequence by diff ID, between those by the instruction that made them, and
// never by their number. Shared layers that changed places come as [MovedTo].
func alignLayers(a, b []Layer) []LayerPair {
	var pairs []LayerPair
	if len(a)*len(b) <= maxAlign {
		pairs = commonLayers(a, b)
	}
	partnerA, partnerB := unpaired(len(a)), unpaired(len(b))
	match := make([]Match, len(b))
	for _, p := range pairs {
		partnerA[p.A], partnerB[p.B], match[p.B] = p.B, p.A, p.Match
	}
	moved := movedLayers(a, b, partnerA, partnerB)
	var out []LayerPair
	i := 0
	for j := range b {
		switch {
		case partnerB[j] < 0:
			out = append(out, LayerPair{-1, j, Unmatched})
			continue
		case moved[j]:
			out = append(out, LayerPair{partnerB[j], j, MovedTo})
			continue
		}
		for ; i < partnerB[j]; i++ {
			if partnerA[i] < 0 {
				out = append(out, LayerPair{i, -1, Unmatched})
			}
		}
		out = append(out, LayerPair{partnerB[j], j, match[j]})
		i++
	}
	for ; i < len(a); i++ {
		if partnerA[i] < 0 {
			out = append(out, LayerPair{i, -1, Unmatched})
		}
	}
	return out
}

func unpaired(n int) []int {
	list := make([]int, n)
	for i := range list {
		list[i] = -1
	}
	return list
}

// movedLayers pairs the shared layers that the common subsequence left out, and
// tells which of B's those are.
func movedLayers(a, b []Layer, partnerA, partnerB []int) []bool {
	moved := make([]bool, len(b))
	free := map[string][]int{} // places in A by diff ID and digest
	for i := range a {
		if partnerA[i] >= 0 {
			continue
		}
		for _, name := range namesOf(&a[i]) {
			free[name] = append(free[name], i)
		}
	}
	for j := range b {
		if partnerB[j] >= 0 {
			continue
		}
		for _, name := range namesOf(&b[j]) {
			for len(free[name]) > 0 && partnerA[free[name][0]] >= 0 {
				free[name] = free[name][1:]
			}
			if len(free[name]) > 0 && partnerB[j] < 0 {
				i := free[name][0]
				partnerA[i], partnerB[j], moved[j] = j, i, true
			}
		}
	}
	return moved
}

// namesOf returns the diff ID and the blob digest of l, as far as they are known.
func namesOf(l *Layer) []string {
	var names []string
	for _, n := range []string{l.DiffID, l.Digest} {
		if n != "" {
			names = append(names, n)
		}
	}
	return names
}

// commonLayers returns the common subsequence that scores most, by dynamic
// programming from the last layers to the first.
func commonLayers(a, b []Layer) []LayerPair {
	left, right := instructions(a), instructions(b)
	width := len(b) + 1
	best := make([]int64, (len(a)+1)*width)
	match := make([]Match, len(a)*len(b))
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			m, score := matchLayers(&a[i], &b[j], left[i], right[j])
			match[i*len(b)+j] = m
			best[i*width+j] = max(best[(i+1)*width+j], best[i*width+j+1], best[(i+1)*width+j+1]+score)
		}
	}
	var pairs []LayerPair
	for i, j := 0, 0; i < len(a) && j < len(b); {
		here, m := best[i*width+j], match[i*len(b)+j]
		switch {
		case m != Unmatched && here > best[(i+1)*width+j] && here > best[i*width+j+1],
			m == Shared && here == best[(i+1)*width+j+1]+scoreShared:
			pairs = append(pairs, LayerPair{i, j, m})
			i, j = i+1, j+1
		case here == best[(i+1)*width+j]:
			i++
		case here == best[i*width+j+1]:
			j++
		default:
			pairs = append(pairs, LayerPair{i, j, m})
			i, j = i+1, j+1
		}
	}
	return pairs
}

// An instruction of a layer, and its words.
type instruction struct {
	text  string
	words map[string]bool
}

func instructions(layers []Layer) []instruction {
	out := make([]instruction, len(layers))
	for i, l := range layers {
		out[i].text, out[i].words = l.Instruction, map[string]bool{}
		for _, w := range strings.Fields(l.Instruction) {
			out[i].words[w] = true
		}
	}
	return out
}

func matchLayers(a, b *Layer, left, right instruction) (Match, int64) {
	switch {
	case a.DiffID != "" && a.DiffID == b.DiffID || a.Digest != "" && a.Digest == b.Digest:
		return Shared, scoreShared
	case left.text == "" || right.text == "":
		return Unmatched, 0
	case left.text == right.text:
		return Rebuilt, scoreRebuilt
	}
	if score := likeness(left, right); 2*score > scoreSimilar {
		return Similar, score
	}
	return Unmatched, 0
}

// likeness returns how much of two instructions of one kind is the same words, of
// scoreSimilar. With more than half of them it is another version of what RUN
// installs, or other files of the same COPY.
func likeness(a, b instruction) int64 {
	kindA, _, _ := strings.Cut(a.text, " ")
	kindB, _, _ := strings.Cut(b.text, " ")
	if kindA != kindB {
		return 0
	}
	common := 0
	for w := range a.words {
		if b.words[w] {
			common++
		}
	}
	return int64(scoreSimilar * common / max(len(a.words), len(b.words)))
}
