package report

// Colour says whether the text is for a terminal that shows colours. What a
// colour says, a word says, too.
type Colour bool

func (c Colour) good(s string) string { return c.paint("\x1b[32m", s) }
func (c Colour) bad(s string) string  { return c.paint("\x1b[1;31m", s) }

func (c Colour) paint(code, s string) string {
	if !c {
		return s
	}
	return code + s + "\x1b[0m"
}
