package dev.lockstep.data.ingest;

/** What stands before the decimals of a number. */
enum DecimalMark {
  POINT('.', ','),
  COMMA(',', '.');

  private final char mark;
  private final char thousands;

  DecimalMark(char mark, char thousands) {
    this.mark = mark;
    this.thousands = thousands;
  }

  char mark() {
    return mark;
  }

  /** The other mark, which may separate thousands. */
  char thousands() {
    return thousands;
  }

  DecimalMark other() {
    return this == POINT ? COMMA : POINT;
  }
}
