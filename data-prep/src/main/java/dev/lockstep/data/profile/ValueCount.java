package dev.lockstep.data.profile;

/**
 * A value and how often it is there.
 *
 * @param value the value as text
 * @param rows number of rows that have it
 */
public record ValueCount(String value, long rows) {}
