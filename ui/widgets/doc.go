// Package widgets holds the parts that the screens are built of: tables,
// trees, maps, bars, meters and messages, drawn with Fyne.
//
// The widgets know nothing of packages, layers or images. They show numbers,
// words and icons that they are given by callbacks, and hand back what the
// user did: a key, a column, a command. So a screen is the only place where
// the product's words meet the drawing.
//
// All of them follow a few rules:
//
//   - Colour, font and size come from the theme; see [Colors].
//   - A state is told by shape or word as well as by colour: what is dropped
//     is hatched or struck through, what is new has a frame.
//   - Everything that the pointer can do, the keyboard can do, and methods do
//     it too, for menus and tests.
//   - Pictures of check marks and arrows are icons of the theme. As
//     characters they would come from whatever font the system has.
//   - Only what is visible is drawn; a table of 100,000 rows costs as much as
//     one of forty.
//   - Except where it says otherwise, everything must be called on the
//     goroutine of the user interface.
package widgets
