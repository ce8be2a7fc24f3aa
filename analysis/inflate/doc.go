// Package inflate decodes gzip streams (RFC 1952) of DEFLATE data (RFC 1951)
// into buffers that the caller owns.
//
// Nearly all the time that goes into reading an image goes into this
// decoding, hence a decoder of our own. How the bytes flow:
//
//  1. The input is read in pieces of 256 KiB (input.go) and taken from there
//     through a 64-bit bit buffer.
//  2. Each block's code lengths become two tables (block.go, huffman.go): one look-up
//     gives a literal, or a length or distance with what its extra bits need; codes
//     longer than a table's width go through a second level. Entries with two
//     literals were tried: they cost more in the making than they save.
//  3. While there is room in both buffers the fast loop runs (fast.go), which
//     looks at the limits once for each match or four literals; near the edges
//     a careful loop takes over (decoder.go), one symbol at a time.
//  4. The output goes straight into the caller's buffer, which carries the last
//     32 KiB of earlier output in front of it. There is no window of our own and
//     thus no second copy.
//  5. At the end of each member its CRC-32 and size are checked, and the next
//     member, if any, goes on in the same buffer (gzip.go).
//
// [Decoder.Fill] is for pipelines with their own buffers, [Reader] for
// everyone else.
//
// The decoder covers all of both RFCs and needs no fallback. It accepts and refuses the
// same DEFLATE data as compress/flate. Where the three well-known decoders differ:
//
//   - A code of a single symbol must be one bit long, and an empty code is an
//     error only when a symbol of it is needed. zlib says the same, but at once
//     refuses a single symbol in the code of the code lengths and a block
//     without an end-of-block code; here, as in compress/flate, they fail
//     while the block is decoded.
//   - Zero bytes after the last member are padding, as for gzip(1);
//     compress/gzip refuses them. Other bytes there are [ErrTrailing],
//     reported after all data was delivered.
//   - File names and comments in headers may be of any length; compress/gzip
//     stops at 511 bytes.
//   - Reserved flag bits are ignored, as in compress/gzip; gzip(1) refuses them.
package inflate
