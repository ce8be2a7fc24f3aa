package state

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"weighline/analysis"
	"weighline/analysis/layer"
	"weighline/analysis/plan"
	"weighline/store"
	"weighline/ui/texts"
)

// task runs short work on the library or the disk elsewhere and hands what it
// returns to the owner. Unlike a job it does not take the place of another one:
// tasks are done one after the other, in their order. What fails can be asked for
// again by again, unless that is nil.
func (s *Session) task(again func(), work func(ctx context.Context) (done func(), err error)) {
	s.queue(func() {
		done, err := work(context.Background())
		s.post(func() {
			if done != nil {
				done()
			}
			if err != nil {
				s.retry, s.asked = again, nil
				s.fail(err)
			}
			s.changed()
		})
	})
}

// Background runs work elsewhere, after what was queued before, and in any case
// before the program ends: as what is kept on the disk, whose answer may be slow.
func (s *Session) Background(work func()) { s.queue(work) }

// queue runs work elsewhere, after what was queued before.
func (s *Session) queue(work func()) {
	before, finished := s.tasks, make(chan struct{})
	s.tasks = finished
	go func() {
		defer close(finished)
		if before != nil {
			<-before
		}
		work()
	}()
}

// errNoLibrary says that nothing can be saved or read.
func (s *Session) errNoLibrary() error {
	if s.config.LibraryErr != nil {
		return s.config.LibraryErr
	}
	return errors.New("no library is open")
}

// CanSave reports whether a build is open and a library to save it in.
func (s *Session) CanSave() bool { return s.Build != nil && s.config.Library != nil }

// Save keeps the open build with its plan under name. The saved build that is
// open is replaced if it has that name; any other of that name is not. While the
// build is still being read it is saved as soon as that is done or given up.
func (s *Session) Save(name, notes string) {
	if s.Build == nil {
		return
	}
	if s.job != nil && s.job.shown {
		s.saveLater = func() { s.Save(name, notes) }
		s.Notice = Notice{Text: texts.F("%s is saved when all of it is read.", name)}
		s.changed()
		return
	}
	lib := s.config.Library
	if lib == nil {
		s.fail(s.errNoLibrary())
		s.changed()
		return
	}
	build, v, reference, opened := s.Build, s.Preview, s.sourcesTitle(), s.opened
	v.Plan = s.Plan // of an image that is not read yet there is no preview
	var old store.Build
	if s.Saved != nil && s.Saved.Name == name {
		old = *s.Saved
	}
	s.Notice = Notice{Text: texts.F("Saving %s…", name)} // which may wait for another program
	s.changed()
	s.task(func() { s.Save(name, notes) }, func(ctx context.Context) (func(), error) {
		b, err := store.Pack(build, v)
		if err != nil {
			return nil, err
		}
		b.ID, b.Created, b.Name, b.Notes, b.Reference = old.ID, old.Created, name, notes, reference
		saved, err := lib.Save(ctx, b)
		if ask := s.config.Asks.Save; errors.Is(err, store.ErrNameTaken) && ask != nil {
			return func() {
				s.fail(err)
				s.Notice.Actions = []Action{{texts.T("Another name…"), ask}}
			}, nil
		}
		if err != nil {
			return nil, err
		}
		saved.Result = nil
		list, err := lib.List(ctx)
		return func() {
			if s.config.LibraryChanged != nil {
				s.config.LibraryChanged()
			}
			if err == nil {
				s.Library = list
			}
			if s.opened == opened {
				s.Saved, s.Title = &saved, saved.Name
				s.keepDraft()
			}
			s.Notice = Notice{Text: texts.F("Saved as %s.", saved.Name)}
		}, err
	})
}

// saveNow does what waited for the end of a job.
func (s *Session) saveNow() {
	if save := s.saveLater; save != nil {
		s.saveLater = nil
		save()
	}
}

// Dirty reports whether the plan differs from what is saved.
func (s *Session) Dirty() bool {
	if s.Saved == nil {
		return !s.Plan.Empty()
	}
	p, err := plan.Decode(s.Saved.Plan)
	return err != nil || !p.Equal(s.Plan)
}

// LoadLibrary reads the list of saved builds.
func (s *Session) LoadLibrary() {
	lib := s.config.Library
	if lib == nil {
		return
	}
	s.task(s.LoadLibrary, func(ctx context.Context) (func(), error) {
		list, err := lib.List(ctx)
		if err != nil {
			return nil, err
		}
		return func() { s.listed(list) }, nil
	})
}

// listed takes over the saved builds as they are now. Another window, or another
// program, may have renamed or deleted the one that is open.
func (s *Session) listed(list []store.Build) {
	s.Library = list
	if s.Saved == nil {
		return
	}
	i := slices.IndexFunc(list, func(b store.Build) bool { return b.ID == s.Saved.ID })
	if i < 0 {
		s.Saved = nil
		s.keepDraft()
		return
	}
	s.Saved.Name, s.Saved.Notes, s.Title = list[i].Name, list[i].Notes, list[i].Name
}

// OpenSaved opens a saved build as it was, without looking at its sources.
func (s *Session) OpenSaved(id int64) {
	s.openSaved(nil, func(ctx context.Context, lib *store.Store) (store.Build, error) { return lib.GetID(ctx, id) })
}

// OpenSavedName opens the saved build of that name.
func (s *Session) OpenSavedName(name string) {
	s.openSaved(nil, func(ctx context.Context, lib *store.Store) (store.Build, error) { return lib.Get(ctx, name) })
}

// openSavedPlan opens the saved build of a draft with the draft's plan.
func (s *Session) openSavedPlan(d Draft) {
	s.openSaved(&d.Plan, func(ctx context.Context, lib *store.Store) (store.Build, error) { return lib.Get(ctx, d.Saved) })
}

func (s *Session) openSaved(other *plan.Plan, get func(context.Context, *store.Store) (store.Build, error)) {
	lib := s.config.Library
	if lib == nil {
		s.fail(s.errNoLibrary())
		s.changed()
		return
	}
	s.retry, s.asked = nil, nil
	s.start(texts.T("Opening the saved build"), func(ctx context.Context, _ func(analysis.Progress), _ func(func())) (func(), error) {
		saved, err := get(ctx, lib)
		if err != nil {
			return nil, err
		}
		b, p, err := saved.Unpack(ctx, lib)
		if err != nil {
			return nil, err
		}
		saved.Result = nil
		if other != nil {
			p = *other
		}
		return func() {
			before := s.openBuild()
			s.show([]string{saved.Reference}, nil, b, p, &saved)
			s.offerBefore(before)
		}, nil
	})
}

// Rename gives a saved build another name and other notes.
func (s *Session) Rename(id int64, name, notes string) {
	s.change(func(ctx context.Context, lib *store.Store) error { return lib.Rename(ctx, id, name, notes) }, func() {
		if s.Saved != nil && s.Saved.ID == id {
			s.Saved.Name, s.Saved.Notes, s.Title = name, notes, name
		}
	})
}

// Duplicate saves a saved build once more, under a free name.
func (s *Session) Duplicate(id int64) {
	var copied store.Build
	s.change(func(ctx context.Context, lib *store.Store) (err error) {
		copied, err = lib.Duplicate(ctx, id)
		return err
	}, func() { s.Notice = Notice{Text: texts.F("Saved as %s.", copied.Name)} })
}

// wroteFile tells that a file was written, and where: a path that was typed may be
// relative to a folder that nobody has in mind.
func wroteFile(path string) Notice {
	n := Notice{Text: texts.F("Wrote %s.", layer.Printable(filepath.Base(path)))}
	if whole, err := filepath.Abs(path); err == nil {
		n.Why = texts.F("It is in %s.", layer.Printable(filepath.Dir(whole)))
	}
	return n
}

// ExportLibrary writes all saved builds to a file of their own.
func (s *Session) ExportLibrary(path string) {
	s.change(func(ctx context.Context, lib *store.Store) error { return lib.Export(ctx, path) }, func() {
		s.Notice = wroteFile(path)
	})
}

// ImportLibrary takes over the saved builds of such a file.
func (s *Session) ImportLibrary(path string) {
	var x store.Imported
	s.change(func(ctx context.Context, lib *store.Store) (err error) {
		x, err = lib.Import(ctx, path)
		return err
	}, func() {
		s.Notice = Notice{Text: texts.F("%d builds were imported, %d were here already.", x.Added, x.Same)}
		if len(x.Renamed) > 0 {
			s.Notice.Why = texts.F("Their names were taken, so they are called %s now.", strings.Join(x.Renamed, ", "))
		}
	})
}

// Versions returns the saved builds of a reference, the oldest first.
func (s *Session) Versions(reference string) []store.Build {
	var out []store.Build
	for _, b := range s.Library {
		if b.Reference == reference {
			out = append(out, b)
		}
	}
	slices.SortStableFunc(out, func(x, y store.Build) int { return cmp.Or(x.Created.Compare(y.Created), cmp.Compare(x.ID, y.ID)) })
	return out
}

// Reference is what the open build is of, as the library has it.
func (s *Session) Reference() string {
	if s.Saved != nil {
		return s.Saved.Reference
	}
	return s.sourcesTitle()
}

// sourcesTitle is how what is open is called by its sources: without an image that
// could not be read.
func (s *Session) sourcesTitle() string {
	if s.job == nil && s.Build.Image == nil {
		return Title(s.Lists)
	}
	return Title(s.Sources)
}

// Delete puts saved builds into the bin; the notice brings them back.
func (s *Session) Delete(ids ...int64) {
	if len(ids) == 0 {
		return
	}
	what := texts.N(len(ids), "%d saved build", "%d saved builds")
	if i := slices.IndexFunc(s.Library, func(b store.Build) bool { return b.ID == ids[0] }); i >= 0 && len(ids) == 1 {
		what = s.Library[i].Name
	}
	each := func(do func(context.Context, int64) error) func(context.Context, *store.Store) error {
		return func(ctx context.Context, _ *store.Store) error {
			for _, id := range ids {
				if err := do(ctx, id); err != nil {
					return err
				}
			}
			return nil
		}
	}
	s.change(each(func(ctx context.Context, id int64) error { return s.config.Library.Delete(ctx, id) }), func() {
		was, opened := s.Saved, s.opened
		if was != nil && slices.Contains(ids, was.ID) {
			s.Saved = nil
			s.keepDraft()
		}
		s.Notice = Notice{Text: texts.F("Deleted %s.", what), Actions: []Action{{texts.T("Undo"), func() {
			s.change(each(func(ctx context.Context, id int64) error { return s.config.Library.Restore(ctx, id) }), func() {
				if s.Notice = (Notice{Text: texts.F("%s is back.", what)}); len(ids) > 1 {
					s.Notice.Text = texts.F("%s are back.", what)
				}
				if s.Saved == nil && s.opened == opened {
					s.Saved = was
					s.keepDraft()
				}
			})
		}}}}
	})
}

// change does something to the library and reads its list again.
func (s *Session) change(do func(context.Context, *store.Store) error, done func()) {
	lib := s.config.Library
	if lib == nil {
		s.fail(s.errNoLibrary())
		s.changed()
		return
	}
	s.task(func() { s.change(do, done) }, func(ctx context.Context) (func(), error) {
		if err := do(ctx, lib); err != nil {
			return nil, err
		}
		list, err := lib.List(ctx)
		return func() {
			if s.config.LibraryChanged != nil {
				s.config.LibraryChanged()
			}
			if err == nil {
				s.Library = list
			}
			done()
		}, err
	})
}

// ExportPath suggests where the slim requirements of sources go: beside the
// first file, as requirements-slim.txt, or in the current folder.
func ExportPath(sources []string) string {
	if len(sources) > 0 && filepath.Ext(sources[0]) == ".txt" {
		return strings.TrimSuffix(sources[0], ".txt") + "-slim.txt"
	}
	return "requirements-slim.txt"
}

// Write runs write with what is to become the file at path, and tells how it
// went. A file that is there already is replaced only if overwrite says so; else
// the notice offers that.
func (s *Session) Write(path string, overwrite bool, write func(io.Writer) error) {
	s.task(func() { s.Write(path, overwrite, write) }, func(context.Context) (func(), error) {
		err := writeFile(path, overwrite, write)
		if errors.Is(err, fs.ErrExist) {
			return func() {
				s.Notice = Notice{Severity: Caution, Text: texts.F("%s exists already.", filepath.Base(path)), Why: texts.T("Nothing was written."),
					Actions: []Action{{texts.T("Replace"), func() { s.Write(path, true, write) }}}}
			}, nil
		}
		if err != nil {
			return nil, err
		}
		return func() { s.Notice = wroteFile(path) }, nil
	})
}

// writeFile writes a file whole or not at all.
func writeFile(path string, overwrite bool, write func(io.Writer) error) (err error) {
	if !overwrite {
		if _, err := os.Lstat(path); err == nil {
			return &fs.PathError{Op: "write", Path: path, Err: fs.ErrExist}
		}
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".weighline-*")
	if err != nil {
		return err
	}
	defer func() {
		f.Close()
		if err != nil {
			os.Remove(f.Name()) //nolint:errcheck // err says what went wrong
		}
	}()
	if err := write(f); err != nil {
		return err
	}
	if err := f.Chmod(0o644); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	if overwrite {
		return os.Rename(f.Name(), path)
	}
	if err := os.Link(f.Name(), path); err != nil { // fails if another program made it meanwhile
		if errors.Is(err, fs.ErrExist) {
			return err
		}
		return os.Rename(f.Name(), path) // a file system without links
	}
	return os.Remove(f.Name())
}
