/** How far a piece of work has come, told to who wants to know. */
package dev.lockstep.data.progress;
