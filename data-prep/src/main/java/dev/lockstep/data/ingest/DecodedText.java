package dev.lockstep.data.ingest;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;

/** Bytes as text; bytes that are no text of the encoding are an error that names the line. */
final class DecodedText extends Reader {
  private static final int BUFFER = 1 << 16;

  private final InputStream bytes;
  private final CharsetDecoder decoder;
  private final byte[] read = new byte[BUFFER];
  private final ByteBuffer buffer = ByteBuffer.wrap(read).limit(0);
  private boolean ended;
  private long line = 1;
  private char last;
  private char lastVisible;
  private char pending;

  DecodedText(InputStream bytes, Charset encoding) {
    this.bytes = bytes;
    this.decoder =
        encoding
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPORT)
            .onUnmappableCharacter(CodingErrorAction.REPORT);
  }

  @Override
  public int read(char[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (pending != 0) {
      target[offset] = pending;
      pending = 0;
      return 1;
    }
    CharBuffer out = CharBuffer.wrap(target, offset, length);
    while (true) {
      CoderResult result = decoder.decode(buffer, out, ended);
      int count = out.position() - offset;
      if (count > 0) { // An error comes again with the next call.
        look(target, offset, count);
        return count;
      }
      if (result.isError()) {
        throw new BadTextException(
            "line %,d is not %s text".formatted(line, decoder.charset().name()),
            "Say with --encoding how it is encoded, such as --encoding windows-1252, or save it as UTF-8");
      }
      if (result.isOverflow()) { // There is room for half of a pair of characters.
        return readPair(target, offset);
      }
      if (ended) {
        return -1;
      }
      fill();
    }
  }

  private int readPair(char[] target, int offset) {
    CharBuffer pair = CharBuffer.allocate(2);
    decoder.decode(buffer, pair, ended);
    target[offset] = pair.get(0);
    pending = pair.get(1);
    return 1;
  }

  private void fill() throws IOException {
    buffer.compact();
    int count = bytes.read(read, buffer.position(), buffer.remaining());
    ended = count < 0;
    buffer.position(buffer.position() + Math.max(count, 0)).flip();
  }

  private void look(char[] text, int offset, int count) throws BadTextException {
    for (int i = offset; i < offset + count; i++) {
      char c = text[i];
      if (c == '\n' ? last != '\r' : c == '\r') {
        line++;
      }
      if (c == '\0') {
        throw new BadTextException(
            "line %,d holds a zero byte, which text does not".formatted(line),
            "Say with --encoding how it is encoded, such as --encoding UTF-16LE");
      }
      last = c;
      lastVisible = c > ' ' ? c : lastVisible;
    }
  }

  /** The last character so far that is no blank or line break. */
  char lastVisible() {
    return lastVisible;
  }

  @Override
  public void close() throws IOException {
    bytes.close();
  }
}
