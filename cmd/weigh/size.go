package main

import "weighline/analysis/bytesize"

// parseSize reads a number of bytes that a flag gave: "500000", "500kB", "1.5 MiB".
func parseSize(text string) (bytesize.Size, error) {
	size, err := bytesize.Parse(text)
	if err != nil {
		return 0, usagef("%v", err)
	}
	return size, nil
}
