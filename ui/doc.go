// Package ui draws a [state.Session] with Fyne. Each screen has a file; what it
// shows is decided in package state, how tables and maps are drawn in package
// widgets. A screen reads the session when it is told to, and hands the user's
// input back; it keeps nothing of its own but what was drawn last.
//
// Everything in this package runs on Fyne's goroutine. Nothing here waits for a
// disk or a network.
package ui
