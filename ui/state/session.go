// Package state is what the windows show, without a window: the build that is
// open, the plan that is made, the rows of each table, what is going on and what
// went wrong. The screens draw a [Session] and hand the user's input back to it.
//
// A Session belongs to one goroutine, that of the user interface: its methods
// and fields are used there only. Work that takes time runs elsewhere and comes
// back through the function that [New] was given, which is fyne.Do in the app
// and a channel in tests.
package state

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"weighline/analysis"
	"weighline/analysis/layer"
	"weighline/analysis/oci"
	"weighline/analysis/pep"
	"weighline/analysis/plan"
	"weighline/store"
	"weighline/ui/texts"
)

// Config is what a session needs of its surroundings.
type Config struct {
	// Post runs the function soon on the goroutine that owns the session. It may
	// be called from any goroutine.
	Post func(func())
	// Changed is called after every change, Progressed when only the progress of
	// the running job has changed. Both are called on the owning goroutine.
	Changed, Progressed func()
	// Library is where builds are saved; nil if it could not be opened, for
	// LibraryErr's reason.
	Library    *store.Store
	LibraryErr error
	// LibraryChanged, if it is set, is called when this session changed the library,
	// which others may show.
	LibraryChanged func()
	// Analyze is [analysis.Analyze], unless a test puts another in its place.
	Analyze func(context.Context, analysis.Input, analysis.Options) (*analysis.Build, error)
	// Options are those of every analysis; see [Session.Configure].
	Options analysis.Options
	// Asks are what notices may ask the user for.
	Asks Asks
	// Drafts is the folder in which unsaved plans are kept until they are saved or
	// the window is closed; "" for none.
	Drafts string
}

// A Session is one window.
type Session struct {
	Progress Progress
	Notice   Notice

	// Sources are what the build was opened from, Title how it is called.
	Sources []string
	// Lists are those of Sources that are no image; the same as Sources before that
	// was looked at.
	Lists []string
	Paths []string // the same, with whole paths of what lies on this computer
	Title string
	Build *analysis.Build // nil: nothing is open
	Saved *store.Build    // the saved build that is open, nil if none

	// Plan is what the user decided; Preview what the build would be.
	Plan    plan.Plan
	Preview plan.Preview

	Rows   []Row // all packages, heaviest first; see Packages
	Filter string
	Found  *FileFilter // what the filter lets through of the files; nil: all
	// FilesOf is the layer whose files are looked at, -1 for the final file
	// system; LayerFiles are they, nil while they are not read.
	FilesOf    int
	LayerFiles *LayerFiles
	Sort       Sort
	Selected   string // key of the selected row, "" for none

	Library []store.Build // the saved builds, the latest first
	Compare *Compare      // nil: nothing is compared
	History *History      // the versions that were set in a row last, nil if none

	Slimmed    *analysis.SlimResult // the lighter image that was written last, nil if none
	Strategies *Strategies          // nil: not weighed yet, see FindStrategies
	Speeds     plan.Speeds          // what their times are estimated from
	Insights   *Insights            // nil: not looked for yet, see FindInsights

	Limit    *plan.Budget // the limit that totals are held against; nil: none
	Budgeted *Budgeted    // what came of it, nil if that is not known yet

	// Shown counts the builds that were shown, Ordered the times that the rows
	// were ordered or filtered: a screen that remembers them knows what it has to
	// draw anew.
	Shown, Ordered int

	config                  Config
	subject                 *plan.Subject // what plans are put against; of the build subjectOf
	subjectOf               *analysis.Build
	timing                  timing
	code                    string          // the folder of the user's sources, "" if none was read
	weighing, speedsChanged bool            // of the strategies
	finding                 *analysis.Build // whose findings are being looked for
	job                     *job
	read                    reading // how what is open was read; of a saved build nothing
	retry                   func()
	asked                   []string // the sources of retry
	sign                    signIn
	draft                   draft
	untold                  Notice          // what was to be said at the start and gave way to a job
	search                  atomic.Int64    // counts the searches through the files
	saveLater               func()          // what was asked for while a job ran
	before                  openBuild       // what was open before
	left                    *Draft          // the unsaved plan of what was open before, nil if it had none
	dropped                 []string        // files that were dropped together and are being read
	budgets                 int             // counts the times that the limit was weighed
	opened                  int             // counts the builds that were opened, not those that replaced a part
	tasks                   <-chan struct{} // closed when the last task is done; nil: there was none
	closed                  atomic.Bool
	history                 history
	rowsOf                  *analysis.Build // the build that Rows were made for
	joinedOf                *analysis.Build // the build that joinedRows are of
	joinedRows              map[pep.Name]*analysis.Joined
	view                    []int // the rows that the filter lets through, in the order shown
	byKey                   map[string]int
	rowOfPackage            []int // the row of each package of the ledger, -1 for none
}

// New returns a session with nothing open.
func New(c Config) *Session {
	if c.Analyze == nil {
		c.Analyze = analysis.Analyze
	}
	if c.Changed == nil {
		c.Changed = func() {}
	}
	if c.Progressed == nil {
		c.Progressed = c.Changed
	}
	s := &Session{config: c, Sort: Sort{By: ByOwn, Down: true}, FilesOf: -1}
	if c.LibraryErr != nil {
		s.Notice = noticeOf(c.LibraryErr)
		s.Notice.Why = texts.T("Nothing can be saved; everything else works.")
		s.untold = s.Notice
	}
	return s
}

// post hands f to the owner, but nothing comes back to a closed session.
func (s *Session) post(f func()) {
	if !s.closed.Load() {
		s.config.Post(f)
	}
}

func (s *Session) changed()    { s.config.Changed() }
func (s *Session) progressed() { s.config.Progressed() }

// Busy reports whether a job is running.
func (s *Session) Busy() bool { return s.job != nil }

// options returns those of an analysis, with the library as the layers' cache.
func (s *Session) options(step func(analysis.Progress)) analysis.Options {
	o := s.config.Options
	o.Progress = step
	if s.config.Library != nil {
		o.Cache = layer.Cache(s.config.Library)
	}
	return o
}

// Open reads and shows sources: requirement and lock files, folders with them,
// and at most one image. What was open stays until the first result is there.
func (s *Session) Open(sources ...string) {
	s.OpenPlan(sources, plan.Plan{})
}

// OpenPlan opens sources as [Session.Open] does, with a plan that was made for
// them.
func (s *Session) OpenPlan(sources []string, p plan.Plan) {
	if len(sources) == 1 && sources[0] == SampleSource {
		s.openSample(p)
		return
	}
	s.open(s.readingOf(sources, p))
}

// readingOf is how sources are read unless something else is asked for.
func (s *Session) readingOf(sources []string, p plan.Plan) reading {
	return reading{sources: sources, plan: p, analyze: func(ctx context.Context, o analysis.Options) (*analysis.Build, error) {
		in, err := analysis.Classify(sources)
		if err != nil {
			return nil, err
		}
		return s.config.Analyze(ctx, in, o)
	}}
}

// Configure sets the options of the analyses that begin from now on.
func (s *Session) Configure(o analysis.Options) { s.config.Options = o }

// OpenLine opens what somebody typed: one source, a pasted docker pull, or several
// sources with blanks between unless all of it is a path that exists.
func (s *Session) OpenLine(text string) {
	if _, _, pasted := oci.Pulled(text); pasted || len(strings.Fields(text)) < 2 {
		s.Open(text)
		return
	}
	s.start(texts.F("Opening %s", text), func(context.Context, func(analysis.Progress), func(func())) (func(), error) {
		sources := []string{text}
		if _, err := os.Stat(text); err != nil {
			sources = strings.Fields(text)
		}
		return func() { s.Open(sources...) }, nil
	})
}

// wholePaths returns the sources with the whole paths of those that are files or
// folders of this computer.
func wholePaths(sources []string) []string {
	out := slices.Clone(sources)
	for i, source := range out {
		if _, err := os.Stat(source); err != nil {
			continue
		}
		if path, err := filepath.Abs(source); err == nil {
			out[i] = path
		}
	}
	return out
}

// listsOf returns the sources without the image among them.
func listsOf(sources []string) []string {
	in, err := analysis.Classify(sources)
	if err != nil || in.Image == "" || len(in.Files) == 0 {
		return sources
	}
	return slices.DeleteFunc(slices.Clone(sources), func(s string) bool { return s == in.Image })
}

// SampleSource is what [Session.Sources] holds when the sample is open.
const SampleSource = analysis.SampleName

// Close stops what is running; nothing of it comes back. What was to be saved or
// written still is: the channel is closed when that is done.
func (s *Session) Close() <-chan struct{} {
	s.abandon()
	s.dropDraft()
	s.closed.Store(true)
	if s.tasks == nil {
		done := make(chan struct{})
		close(done)
		return done
	}
	return s.tasks
}

// SetDropped switches the drop of a package.
func (s *Session) SetDropped(name pep.Name, on bool) { s.setPlan(s.Plan.With(name, on)) }

// SetDroppedAll switches the drop of several packages as one step of undo.
func (s *Session) SetDroppedAll(names []pep.Name, on bool) {
	p := s.Plan
	for _, n := range names {
		p = p.With(n, on)
	}
	s.setPlan(p)
}

// Reset empties the plan.
func (s *Session) Reset() { s.setPlan(plan.Plan{}) }

func (s *Session) setPlan(p plan.Plan) {
	if p.Equal(s.Plan) {
		return
	}
	s.history.push(s.Plan)
	s.usePlan(p)
}

func (s *Session) usePlan(p plan.Plan) {
	s.Plan = p
	s.recount()
	s.keepDraft()
	s.changed()
}

// CanUndo reports whether there is a step to take back.
func (s *Session) CanUndo() bool { return len(s.history.undo) > 0 }

// CanRedo reports whether an undone step can be taken again.
func (s *Session) CanRedo() bool { return len(s.history.redo) > 0 }

// Undo takes back the last change of the plan.
func (s *Session) Undo() {
	if p, ok := s.history.back(s.Plan); ok {
		s.usePlan(p)
	}
}

// Redo makes the change again that Undo took back.
func (s *Session) Redo() {
	if p, ok := s.history.forward(s.Plan); ok {
		s.usePlan(p)
	}
}

// Dismiss puts the notice away.
func (s *Session) Dismiss() {
	s.Notice, s.untold = Notice{}, Notice{}
	s.changed()
}
