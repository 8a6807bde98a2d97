/**
 * What leans on Spark's internal classes, which a new version of Spark may change: all of it is
 * here. Rows in batches of columns, as Spark's readers of columnar files give them; Catalyst's rows
 * as bytes; what the analyzer knows of a query.
 */
package dev.lockstep.data.internal.spark;
