/** Which rows train, which choose, and which judge. */
package dev.lockstep.data.split;
