// Package slim writes the lighter image that a plan promises: it leaves files
// out of the layers that brought them, without an engine and without running
// anything.
//
//  1. [Choose] turns what is to go (distributions, classes of files in those
//     that stay) into a [Cut]: the names of the final file system that go, and
//     the few files that change because others went, such as a RECORD.
//  2. [Decide] finds out, entry by entry, what that means for each layer:
//     deleting in a later layer would free nothing, so the entries go from the
//     layers that brought them. Entries that later layers hide are left out as
//     well if the image is to be squashed.
//  3. [Write] makes the image. A layer that loses nothing keeps its bytes and
//     its digest. The others are read and written in one pass: what stays is
//     copied byte for byte, headers included. Before the image gets its name,
//     what was written is stacked and compared with the promise, file by file.
//  4. [Verify] reads the result again, as anybody would, and compares.
//
// The same input and the same cut give the same digest on any computer.
package slim
