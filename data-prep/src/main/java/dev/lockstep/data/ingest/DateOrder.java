package dev.lockstep.data.ingest;

/** In which order a date has its year, month and day. */
enum DateOrder {
  YEAR_FIRST("year, month, day"),
  DAY_FIRST("day, month, year"),
  MONTH_FIRST("month, day, year");

  private final String words;

  DateOrder(String words) {
    this.words = words;
  }

  String words() {
    return words;
  }
}
