/* Drags a list of files onto a window as a file manager does, by version 5 of
   the XDND protocol (freedesktop.org), and ends when the window has taken it.

   cc xdnd.c -lX11 -o xdnd && ./xdnd WINDOW X Y URI...     */
#include <X11/Xatom.h>
#include <X11/Xlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static Display *d;
static Window source, target;

static Atom atom(const char *name) { return XInternAtom(d, name, False); }

static void tell(const char *what, long a, long b, long c, long e) {
	XEvent m = {0};
	m.xclient.type = ClientMessage;
	m.xclient.window = target;
	m.xclient.message_type = atom(what);
	m.xclient.format = 32;
	m.xclient.data.l[0] = source;
	m.xclient.data.l[1] = a;
	m.xclient.data.l[2] = b;
	m.xclient.data.l[3] = c;
	m.xclient.data.l[4] = e;
	XSendEvent(d, target, False, NoEventMask, &m);
	XFlush(d);
}

int main(int argc, char **argv) {
	if (argc < 5 || !(d = XOpenDisplay(NULL))) return 2;
	target = strtoul(argv[1], NULL, 10);
	long x = atol(argv[2]), y = atol(argv[3]);
	char list[65536] = "";
	for (int i = 4; i < argc; i++) {
		strncat(list, argv[i], sizeof list - strlen(list) - 3);
		strcat(list, "\r\n");
	}
	source = XCreateSimpleWindow(d, DefaultRootWindow(d), 0, 0, 1, 1, 0, 0, 0);
	XSetSelectionOwner(d, atom("XdndSelection"), source, CurrentTime);
	tell("XdndEnter", 5L << 24, atom("text/uri-list"), 0, 0);
	tell("XdndPosition", 0, x << 16 | y, CurrentTime, atom("XdndActionCopy"));
	alarm(10); /* a window that does not answer */
	for (int dropped = 0;;) {
		XEvent e;
		XNextEvent(d, &e);
		if (e.type == ClientMessage && e.xclient.message_type == atom("XdndStatus") && !dropped) {
			if (!(e.xclient.data.l[1] & 1)) return 3; /* it does not want files */
			tell("XdndDrop", 0, CurrentTime, 0, 0);
			dropped = 1;
		} else if (e.type == ClientMessage && e.xclient.message_type == atom("XdndFinished")) {
			return 0;
		} else if (e.type == SelectionRequest) {
			XSelectionRequestEvent *r = &e.xselectionrequest;
			XChangeProperty(d, r->requestor, r->property, r->target, 8, PropModeReplace, (unsigned char *)list, strlen(list));
			XEvent n = {0};
			n.xselection.type = SelectionNotify;
			n.xselection.requestor = r->requestor;
			n.xselection.selection = r->selection;
			n.xselection.target = r->target;
			n.xselection.property = r->property;
			n.xselection.time = r->time;
			XSendEvent(d, r->requestor, False, NoEventMask, &n);
			XFlush(d);
		}
	}
}
