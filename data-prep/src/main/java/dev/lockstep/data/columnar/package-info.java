/**
 * Rows in batches of columns, as Spark's readers of columnar files give them: Spark's own operators
 * would make a row of each first.
 */
package dev.lockstep.data.columnar;
