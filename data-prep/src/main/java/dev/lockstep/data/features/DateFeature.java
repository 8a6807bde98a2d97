package dev.lockstep.data.features;

import java.util.List;

/**
 * What a column of dates or timestamps has become, for a report.
 *
 * @param name the column
 * @param reference the latest date or moment of the train split, from which days are counted: a
 *     date or an instant as ISO 8601 has it
 * @param cycles the cycles of the calendar in which it has a place: {@code day}, {@code week},
 *     {@code month}, {@code year}
 */
public record DateFeature(String name, String reference, List<String> cycles) {
  /** Copies the list. */
  public DateFeature {
    cycles = List.copyOf(cycles);
  }
}
