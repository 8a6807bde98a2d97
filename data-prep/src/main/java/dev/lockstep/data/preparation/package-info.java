/** A snapshot that is checked, split and encoded: what training and evaluation begin with. */
package dev.lockstep.data.preparation;
