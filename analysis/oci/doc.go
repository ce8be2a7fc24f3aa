// Package oci opens container images wherever they are: in a registry, in an
// archive or folder on disk, in a local Docker or Podman. It is the only
// package, beside slim, that knows go-containerregistry.
//
// You need three things:
//
//  1. [Open] takes a reference as people type or paste it ([ParseRef] lists
//     the forms) and reads the manifest, the index and the config, never a
//     layer. The [Image] says what the layers weigh and which instruction
//     made each.
//  2. [Layer.Open] gives the bytes of one layer as they are stored, and
//     continues with a ranged request when a registry drops the connection.
//     Decompressing and hashing are the caller's business.
//  3. [Image.Walk] visits each distinct layer once, whatever the source. Where
//     [Image.RandomAccess] is false (an archive that is compressed as a whole,
//     the stream of an engine's "save") it is the only cheap way.
//
// Nothing is written to disk and no layer is held in memory.
//
// What goes wrong is told by one type, [*Error]: what, why, what next. What is
// merely odd is a [Warning] of the image.
package oci
