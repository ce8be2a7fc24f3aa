package layer

// Parts receives a layer's tar stream entry by entry, byte for byte: what is
// written from them all in turn, with the end of an archive after it, is the
// same layer. The slices must not be kept.
type Parts interface {
	// Entry begins entry i of the layer's [Index]. An i of -1 is none of the
	// index: the root itself, an entry whose name is too long, or pax
	// records that hold for all that follows (POSIX pax, type "g").
	Entry(i int, h Header) error
	// Data brings what follows the header, in pieces: the content and what
	// fills its last block.
	Data(p []byte) error
}

// A Header is what stands before the content of an entry.
type Header struct {
	// Blocks are the pax records and long names of the entry, its header,
	// and the map of a sparse file: whole blocks of 512 bytes.
	Blocks []byte
	// At is where in Blocks the header itself begins.
	At int
}

// maxHeader bounds what is held of an entry before its content, in bytes. The
// map of the largest sparse file that is read has less.
const maxHeader = 64 << 20

// A splitter cuts the stream that a walker reads into entries. A nil splitter
// does nothing.
type splitter struct {
	w  *walker
	to Parts

	held  []byte // of the entry whose content has not come yet
	at    int    // in held: the header itself
	meta  int    // in held: the latest extended header
	seen  int    // entries that the index has counted
	has   int    // entries in it
	begun bool   // what comes belongs to an entry that was handed on

	forAll bool // the latest extended header holds for all that follows
}

// hold takes bytes of headers.
func (s *splitter) hold(p []byte) {
	if s != nil {
		s.held = append(s.held, p...)
	}
}

// rest takes bytes that the walker passes over or reads as content.
func (s *splitter) rest(p []byte) error {
	switch {
	case s == nil:
		return nil
	case s.begun:
		return s.to.Data(p)
	}
	s.hold(p)
	return nil
}

// extended tells that an extended header begins with the block held last.
func (s *splitter) extended() {
	if s != nil {
		s.meta = len(s.held) - blockSize
	}
}

// global tells that the latest extended header, read by now, is of no single
// entry.
func (s *splitter) global() {
	if s != nil {
		s.forAll = true
	}
}

// header tells that the block held last is the header of an entry.
func (s *splitter) header() {
	if s != nil {
		s.at = len(s.held) - blockSize
	}
}

// turn looks, after each step of the walker, whether an entry begins or ends.
func (s *splitter) turn() error {
	if s == nil {
		return nil
	}
	w := s.w
	if x := w.b.x; x.Counts.Entries > s.seen {
		i := -1
		if len(x.dir) > s.has {
			i = len(x.dir) - 1
		}
		s.seen, s.has = x.Counts.Entries, len(x.dir)
		s.begun = w.state != inHeader
		err := s.to.Entry(i, Header{Blocks: s.held, At: s.at})
		s.held = s.held[:0]
		return err
	}
	if w.state == inHeader {
		s.begun = false
		if s.forAll {
			s.forAll = false
			err := s.to.Entry(-1, Header{Blocks: s.held[s.meta:]})
			s.held = s.held[:s.meta]
			return err
		}
	}
	if len(s.held) > maxHeader {
		return &LimitError{"bytes before the content of an entry", maxHeader}
	}
	return nil
}
