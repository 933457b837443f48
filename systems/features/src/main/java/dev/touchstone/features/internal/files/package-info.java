/// Files that people name: read as text, and written as a whole or not at all.
package dev.touchstone.features.internal.files;
