/// How formulas and quantities are read and written, and what the shipped plans say.
package dev.touchstone.capacity.internal;
