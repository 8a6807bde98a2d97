/** Columns and expressions of Spark SQL: names, values, and what is said where one fails. */
package dev.lockstep.data.sql;
