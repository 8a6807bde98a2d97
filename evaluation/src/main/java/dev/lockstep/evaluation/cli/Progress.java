package dev.lockstep.evaluation.cli;

import dev.lockstep.data.progress.Phase;
import dev.lockstep.data.progress.PhaseListener;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * What a person sees while a command works, on standard error: what is done, line by line, and the
 * phase that goes on. On a terminal that is one line that is written over, elsewhere a line each
 * half minute, so that a log stays short. The line is cut to the terminal's width, as one that
 * wraps cannot be written over; it needs neither color nor any other escape sequence.
 */
final class Progress implements PhaseListener {
  private static final long PAINT_NANOS = Duration.ofMillis(200).toNanos();
  private static final long LOG_NANOS = Duration.ofSeconds(30).toNanos();

  private final PrintStream target;
  private final boolean terminal;
  private final IntSupplier width;
  private final LongSupplier clock;
  private final boolean ticks;

  private Pace pace;
  private long begunNanos;
  private String detail = "";

  /** The columns of the line that is shown; 0 if none is. */
  private int shown;

  private long paintedNanos;
  private long loggedNanos;

  /** Whether others' output has ended its line. */
  private boolean freshLine = true;

  private boolean silent;
  private Thread ticker;

  /**
   * Progress on a stream.
   *
   * @param terminal whether a line can be written over
   */
  public Progress(PrintStream target, boolean terminal) {
    this(target, terminal, new TerminalWidth(System.getenv("COLUMNS")), System::nanoTime, true);
  }

  /**
   * Progress on a stream that shows time pass only when it is told to {@link #tick}.
   *
   * @param terminal whether a line can be written over
   * @param width the terminal's width in columns, asked for each line
   * @param clock nanoseconds of whatever origin
   */
  Progress(PrintStream target, boolean terminal, IntSupplier width, LongSupplier clock) {
    this(target, terminal, width, clock, false);
  }

  private Progress(
      PrintStream target, boolean terminal, IntSupplier width, LongSupplier clock, boolean ticks) {
    this.target = target;
    this.terminal = terminal;
    this.width = width;
    this.clock = clock;
    this.ticks = ticks;
    this.loggedNanos = clock.getAsLong();
    this.paintedNanos = loggedNanos - PAINT_NANOS;
  }

  /** Something is done: a line that stays. */
  public synchronized void done(String line) {
    if (!silent) {
      clear();
      target.println(line);
      loggedNanos = clock.getAsLong();
    }
  }

  /** A phase goes on: shown until it ends, another one begins, or the command ends. */
  @Override
  public synchronized void progressed(Phase phase) {
    if (silent) {
      return;
    }
    long now = clock.getAsLong();
    boolean same = pace != null && pace.phase().name().equals(phase.name());
    boolean measured = same && pace.phase().total() > 0;
    if (measured || same && phase.total() == 0) {
      pace = pace.with(phase);
    } else { // The rate counts from when there is one.
      pace = Pace.of(phase);
      begunNanos = now;
    }
    detail = same ? detail : "";
    if (terminal && now - paintedNanos >= PAINT_NANOS) {
      paint(now);
    }
    if (phase.isEnded()) {
      pace = null;
    } else if (ticks && ticker == null) {
      ticker = new Thread(this::run, "lockstep-progress");
      ticker.setDaemon(true);
      ticker.start();
    }
  }

  /** What else is to be said of the phase that goes on. */
  public synchronized void detail(String words) {
    detail = words;
  }

  /** Shows time pass, too. */
  private synchronized void run() {
    try {
      while (ticker == Thread.currentThread()) {
        wait(Duration.ofNanos(PAINT_NANOS).toMillis());
        tick();
      }
    } catch (InterruptedException e) {
      ticker = null; // Nobody does that; the next phase has a thread of its own.
    }
  }

  /** Shows where the phase is now. */
  synchronized void tick() {
    long now = clock.getAsLong();
    if (pace == null) {
      if (now - paintedNanos >= PAINT_NANOS) {
        end();
      }
    } else if (terminal) {
      if (now - paintedNanos >= PAINT_NANOS) {
        paint(now);
      }
    } else if (now - loggedNanos >= LOG_NANOS) {
      target.println(PhaseLine.of(pace(now), detail));
      loggedNanos = now;
    }
  }

  private Pace pace(long now) {
    return pace.after(Duration.ofNanos(now - begunNanos));
  }

  private void paint(long now) {
    if (!freshLine) {
      return;
    }
    int columns = columns();
    String line = PhaseLine.of(pace(now), detail, columns);
    int cells = Columns.of(line);
    target.print("\r" + line + " ".repeat(Math.max(0, Math.min(shown, columns) - cells)));
    target.flush();
    shown = cells;
    paintedNanos = now;
  }

  /** Terminals wrap after the last column, and some in it. */
  private int columns() {
    return Math.max(1, width.getAsInt() - 1);
  }

  private void clear() {
    if (shown > 0) {
      target.print("\r" + " ".repeat(Math.min(shown, columns())) + "\r");
      shown = 0;
    }
  }

  /**
   * The same stream for others who write to it, such as a log: the line makes room for what they
   * write, and comes back below it.
   */
  public PrintStream others() {
    return terminal ? new PrintStream(new Others(), true, Charset.defaultCharset()) : target;
  }

  private final class Others extends OutputStream {
    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      if (length == 0) {
        return;
      }
      synchronized (Progress.this) {
        clear();
        target.write(bytes, offset, length);
        target.flush();
        freshLine = bytes[offset + length - 1] == '\n';
      }
    }
  }

  /** Takes away what was under way. */
  public synchronized void end() {
    clear();
    target.flush();
    pace = null;
    ticker = null;
  }

  /** Takes away what was under way, and shows nothing from now on. */
  public synchronized void silence() {
    end();
    silent = true;
  }
}
