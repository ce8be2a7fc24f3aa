package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// A shape says which files a package brings. dists.txt and debs.txt are lists
// of shapes; their first lines tell the grammar.
type shape struct {
	head  []string            // the words of the first line
	files []shapeFile         // in the order of the text
	notes map[string][]string // other lines by the sign they begin with
}

// A shapeFile is one file of a shape.
type shapeFile struct {
	path   string
	link   string // where a symbolic link leads
	weight int64  // its share of the bytes, relative to the others
}

// signs begin the lines of a shape that name no files.
const signs = ">@?~&<-"

// parseShapes reads shapes. The key of the result is the line in brackets above
// them, "" if there is none.
func parseShapes(text string) (map[string][]shape, error) {
	out, group := map[string][]shape{}, ""
	for n, line := range strings.Split(text, "\n") {
		words := strings.Fields(line)
		switch {
		case len(words) == 0 || line[0] == '#':
		case line[0] == '[':
			group = strings.Trim(line, "[]")
		case line[0] != ' ':
			out[group] = append(out[group], shape{head: words, notes: map[string][]string{}})
		case len(out[group]) == 0:
			return nil, fmt.Errorf("line %d: files of no package", n+1)
		default:
			s := &out[group][len(out[group])-1]
			if len(words[0]) == 1 && strings.Contains(signs, words[0]) {
				s.notes[words[0]] = append(s.notes[words[0]], strings.Join(words[1:], " "))
				continue
			}
			for _, w := range words {
				files, err := expand(w)
				if err != nil {
					return nil, fmt.Errorf("line %d: %w", n+1, err)
				}
				s.files = append(s.files, files...)
			}
		}
	}
	return out, nil
}

// expand reads one word: a path with at most one {a,b} and a weight at its end.
// A weight within the braces goes before the one behind them.
func expand(word string) ([]shapeFile, error) {
	before, rest, braces := strings.Cut(word, "{")
	alternatives, after := []string{before}, ""
	if braces {
		inner, tail, ok := strings.Cut(rest, "}")
		if !ok {
			return nil, fmt.Errorf("%s: no closing brace", word)
		}
		alternatives, after = strings.Split(inner, ","), tail
		for i := range alternatives {
			alternatives[i] = before + alternatives[i]
		}
	}
	after, outer, _ := strings.Cut(after, "=")
	var out []shapeFile
	for _, a := range alternatives {
		a, weight, inner := strings.Cut(a, "=")
		if !inner {
			weight = outer
		}
		f := shapeFile{weight: usualWeight(a + after)}
		f.path, f.link, _ = strings.Cut(a+after, "->")
		if weight != "" {
			n, err := strconv.ParseInt(weight, 10, 64)
			if err != nil {
				return nil, fmt.Errorf("%s: weight: %w", word, err)
			}
			f.weight = n
		}
		out = append(out, f)
	}
	return out, nil
}

// usualWeight is the weight of a file for which the text names none.
func usualWeight(path string) int64 {
	switch {
	case strings.HasSuffix(path, "/__init__.py"):
		return 3
	case strings.HasSuffix(path, "py.typed"):
		return 0
	case strings.HasSuffix(path, ".so"):
		return 100
	case strings.HasSuffix(path, ".py"):
		return 10
	}
	return 1
}

// divide gives each file its share of total bytes, at least least[i]; what
// rounding leaves goes to the heaviest. The sum exceeds total if the least
// shares do.
func divide(total int64, files []shapeFile, least []int64) []int64 {
	out := make([]int64, len(files))
	var weights, used int64
	heaviest := 0
	for i, f := range files {
		total -= least[i]
		weights += f.weight
		if f.weight > files[heaviest].weight {
			heaviest = i
		}
	}
	total = max(total, 0)
	for i, f := range files {
		if weights > 0 {
			out[i] = total * f.weight / weights
		}
		used += out[i]
		out[i] += least[i]
	}
	if len(files) > 0 && weights > 0 {
		out[heaviest] += total - used
	}
	return out
}

// modules returns the lines with the sign that are about path, as words.
func (s *shape) modules(sign, path string) []string {
	var out []string
	for _, note := range s.notes[sign] {
		if words := strings.Fields(note); words[0] == path {
			out = slices.Concat(out, words[1:])
		}
	}
	return out
}
