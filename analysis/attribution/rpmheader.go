package attribution

import (
	"bytes"
	"encoding/binary"
	"errors"
)

// Tags of RPM headers (rpm manual "RPM Tags").
const (
	rpmName     = 1000
	rpmVersion  = 1001
	rpmRelease  = 1002
	rpmEpoch    = 1003
	rpmArch     = 1022
	rpmOldFiles = 1027
	rpmRequires = 1049
	rpmDirIndex = 1116
	rpmBaseName = 1117
	rpmDirNames = 1118
)

// Types of tags that are read.
const (
	rpmInt32   = 4
	rpmString  = 6
	rpmStrings = 8
	rpmI18N    = 9
)

// An rpmHeader finds the tags of a header as the database holds it (rpm manual
// "RPM V4 Package format"): the numbers of entries and of data bytes, entries
// of 16 bytes, data; all big endian.
type rpmHeader struct {
	entries []byte
	data    []byte
}

func parseRPMHeader(b []byte) (*rpmHeader, error) {
	if len(b) < 8 {
		return nil, errors.New("it is too short")
	}
	il, dl := binary.BigEndian.Uint32(b), binary.BigEndian.Uint32(b[4:])
	b = b[8:]
	if il == 0 || uint64(il)*16+uint64(dl) > uint64(len(b)) {
		return nil, errors.New("it is longer than its record")
	}
	return &rpmHeader{b[:il*16], b[il*16 : il*16+dl]}, nil
}

// find returns the type, the count and the data, with all that follows it.
func (h *rpmHeader) find(tag uint32) (typ, count uint32, data []byte) {
	for e := h.entries; len(e) >= 16; e = e[16:] {
		if binary.BigEndian.Uint32(e) != tag {
			continue
		}
		off := binary.BigEndian.Uint32(e[8:])
		if uint64(off) > uint64(len(h.data)) {
			return 0, 0, nil
		}
		return binary.BigEndian.Uint32(e[4:]), binary.BigEndian.Uint32(e[12:]), h.data[off:]
	}
	return 0, 0, nil
}

func (h *rpmHeader) text(tag uint32) string {
	if all := h.texts(tag); len(all) > 0 {
		return all[0]
	}
	return ""
}

func (h *rpmHeader) texts(tag uint32) []string {
	typ, count, data := h.find(tag)
	if typ == rpmString {
		count = 1
	}
	if typ != rpmString && typ != rpmStrings && typ != rpmI18N || uint64(count) > uint64(len(data)) {
		return nil
	}
	count = min(count, maxPaths)
	all := make([]string, 0, count)
	for range count {
		end := bytes.IndexByte(data, 0)
		if end < 0 {
			break
		}
		all = append(all, string(data[:end]))
		data = data[end+1:]
	}
	return all
}

func (h *rpmHeader) ints(tag uint32) []uint32 {
	typ, count, data := h.find(tag)
	if typ != rpmInt32 || uint64(count)*4 > uint64(len(data)) {
		return nil
	}
	all := make([]uint32, count)
	for i := range all {
		all[i] = binary.BigEndian.Uint32(data[4*i:])
	}
	return all
}

// files returns the paths that the package lists.
func (h *rpmHeader) files() []string {
	dirs, index, names := h.texts(rpmDirNames), h.ints(rpmDirIndex), h.texts(rpmBaseName)
	if len(names) == 0 {
		return h.texts(rpmOldFiles)
	}
	files := make([]string, 0, len(names))
	for i, name := range names {
		if i < len(index) && int64(index[i]) < int64(len(dirs)) && len(dirs[index[i]]) < maxPath {
			files = append(files, dirs[index[i]]+name)
		}
	}
	return files
}
