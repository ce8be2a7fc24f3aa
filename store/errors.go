package store

import (
	"database/sql"
	"errors"
	"fmt"

	"github.com/mattn/go-sqlite3"
)

// Errors that a caller branches on. All are wrapped in an [*Error].
var (
	ErrNotFound  = errors.New("no saved build of that name")
	ErrNameTaken = errors.New("another saved build has that name")
	ErrNewer     = errors.New("the library was made by a newer Weighline")
	ErrForeign   = errors.New("the file is a database of another program")
	ErrCorrupt   = errors.New("the library file is damaged")
	ErrReadOnly  = errors.New("the library cannot be written")
	ErrFull      = errors.New("the disk is full")
	ErrBusy      = errors.New("another program is writing to the library")
)

// An Error says what could not be done with which library, and why.
type Error struct {
	Op   string // open, save, …
	Path string
	Err  error
}

func (e *Error) Error() string { return fmt.Sprintf("%s library %s: %v", e.Op, e.Path, e.Err) }

func (e *Error) Unwrap() error { return e.Err }

// Hint returns what the user could do about it, or "".
func (e *Error) Hint() string {
	switch {
	case errors.Is(e.Err, ErrNewer):
		return "update Weighline, or use another library with --library"
	case errors.Is(e.Err, ErrForeign), errors.Is(e.Err, ErrCorrupt):
		return "the file was left as it is; move it away, or use another library with --library"
	case errors.Is(e.Err, ErrReadOnly):
		return "saved builds can be read; to save, use another library with --library"
	case errors.Is(e.Err, ErrFull):
		return "free some space and save again"
	case errors.Is(e.Err, ErrBusy):
		return "try again when the other program is done"
	case errors.Is(e.Err, ErrNotFound):
		return "weigh list shows what is saved"
	case errors.Is(e.Err, ErrNameTaken):
		return "choose another name, or delete the saved build first"
	case e.Op == "open":
		return "--library FILE or WEIGHLINE_LIBRARY names another place for it"
	}
	return ""
}

// explain gives err its place and turns SQLite's codes into the errors above.
func (s *Store) explain(op string, err error) error {
	if err == nil {
		return nil
	}
	var known *Error
	if errors.As(err, &known) {
		return err
	}
	var e sqlite3.Error
	if errors.As(err, &e) {
		if cause := causeOf(e); cause != nil {
			err = fmt.Errorf("%w (%s)", cause, e.Error())
		}
	} else if errors.Is(err, sql.ErrNoRows) {
		err = ErrNotFound
	}
	return &Error{Op: op, Path: s.path, Err: err}
}

func causeOf(e sqlite3.Error) error {
	switch e.Code {
	case sqlite3.ErrNotADB, sqlite3.ErrCorrupt:
		return ErrCorrupt
	case sqlite3.ErrReadonly, sqlite3.ErrPerm, sqlite3.ErrAuth:
		return ErrReadOnly
	case sqlite3.ErrFull:
		return ErrFull
	case sqlite3.ErrBusy, sqlite3.ErrLocked:
		return ErrBusy
	}
	return nil
}
