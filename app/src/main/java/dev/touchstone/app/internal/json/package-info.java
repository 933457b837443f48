/// How the program's values read as JSON, in journals, over HTTP and on the terminal.
package dev.touchstone.app.internal.json;
