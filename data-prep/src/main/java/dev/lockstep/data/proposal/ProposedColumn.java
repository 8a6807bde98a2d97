package dev.lockstep.data.proposal;

/**
 * What a column is proposed to be.
 *
 * @param name the column
 * @param role what it is used as
 * @param reason why, in words of one line
 */
public record ProposedColumn(String name, Role role, String reason) {
  /** What a column is used as. */
  public enum Role {
    /** What is predicted. */
    LABEL,
    /** It names what a row is about; rows of one key stay in one split. */
    KEY,
    /** A number. */
    NUMERIC,
    /** A category. */
    CATEGORICAL,
    /** A date or a timestamp. */
    DATE,
    /** No feature. */
    EXCLUDED
  }

  /** A reason of one line. */
  public ProposedColumn {
    reason = reason.replaceAll("\\p{Cntrl}+", " ");
  }

  ProposedColumn excluded(String why) {
    return new ProposedColumn(name, Role.EXCLUDED, why);
  }
}
