package main

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"strings"
)

// library returns a shared library of n bytes, or a few more if it needs them:
// an ELF file for x86-64 with its name, the libraries it needs, and content of
// which a share cannot be compressed. One that is too small for all that has
// only the header.
func library(key, soname string, needed []string, n int64, share float64) string {
	header := elf.Header64{
		Ident:   [elf.EI_NIDENT]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)},
		Type:    uint16(elf.ET_DYN),
		Machine: uint16(elf.EM_X86_64),
		Version: uint32(elf.EV_CURRENT),
		Ehsize:  64, Phentsize: 56, Shentsize: 64,
	}
	if len(needed) == 0 {
		if n < 2048 {
			return encode(header) + blob(key, n-64, share)
		}
		needed = []string{"libc.so.6"}
	}
	const start = 64 + 56 // the header and one program header
	names, dynamic := dynamicSection(soname, needed)
	sectionNames := "\x00.dynstr\x00.dynamic\x00.text\x00.shstrtab\x00\x00\x00"
	fixed := start + len(names) + len(dynamic) + len(sectionNames) + 5*64
	body := blob(key, n-int64(fixed), share)

	atDynamic := uint64(start + len(names))
	atBody := atDynamic + uint64(len(dynamic))
	atSectionNames := atBody + uint64(len(body))
	header.Phoff, header.Phnum = 64, 1
	header.Shoff, header.Shnum, header.Shstrndx = atSectionNames+uint64(len(sectionNames)), 5, 4
	section := func(name string, kind elf.SectionType, at uint64, size int, link uint32, each uint64) elf.Section64 {
		return elf.Section64{Name: uint32(strings.Index(sectionNames, name)), Type: uint32(kind), Off: at, Addr: at, Size: uint64(size), Link: link, Addralign: 1, Entsize: each}
	}
	return encode(header) +
		encode(elf.Prog64{Type: uint32(elf.PT_DYNAMIC), Flags: uint32(elf.PF_R), Off: atDynamic, Vaddr: atDynamic, Filesz: uint64(len(dynamic)), Memsz: uint64(len(dynamic)), Align: 8}) +
		names + dynamic + body + sectionNames +
		encode(elf.Section64{}) +
		encode(section(".dynstr", elf.SHT_STRTAB, start, len(names), 0, 0)) +
		encode(section(".dynamic", elf.SHT_DYNAMIC, atDynamic, len(dynamic), 1, 16)) +
		encode(section(".text", elf.SHT_PROGBITS, atBody, len(body), 0, 0)) +
		encode(section(".shstrtab", elf.SHT_STRTAB, atSectionNames, len(sectionNames), 0, 0))
}

// dynamicSection returns the section that names the library and what it needs,
// and the strings that it refers to.
func dynamicSection(soname string, needed []string) (names, dynamic string) {
	names = "\x00"
	add := func(tag elf.DynTag, s string) {
		dynamic += encode(elf.Dyn64{Tag: int64(tag), Val: uint64(len(names))})
		names += s + "\x00"
	}
	for _, lib := range needed {
		add(elf.DT_NEEDED, lib)
	}
	add(elf.DT_SONAME, soname)
	names += strings.Repeat("\x00", -len(names)&7)
	dynamic += encode(elf.Dyn64{Tag: int64(elf.DT_STRTAB), Val: 64 + 56}) +
		encode(elf.Dyn64{Tag: int64(elf.DT_STRSZ), Val: uint64(len(names))}) +
		encode(elf.Dyn64{Tag: int64(elf.DT_NULL)})
	return names, dynamic
}

// encode returns the little-endian bytes of a structure of debug/elf.
func encode(v any) string {
	var b bytes.Buffer
	if err := binary.Write(&b, binary.LittleEndian, v); err != nil {
		panic(err) // only structures of fixed size get here
	}
	return b.String()
}
