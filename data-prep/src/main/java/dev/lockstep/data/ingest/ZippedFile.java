package dev.lockstep.data.ingest;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/** The one file of a zip archive. */
final class ZippedFile extends FilterInputStream {
  private final ZipInputStream archive;
  private final String name;

  private ZippedFile(ZipInputStream archive, String name) {
    super(archive);
    this.archive = archive;
    this.name = name;
  }

  static ZippedFile open(InputStream bytes) throws IOException {
    ZipInputStream archive = new ZipInputStream(bytes);
    String name = next(archive);
    if (name == null) {
      throw new BadTextException("the archive holds no file", "Check the archive");
    }
    return new ZippedFile(archive, name);
  }

  /** The name of the next file; null after the last. */
  private static String next(ZipInputStream archive) throws IOException {
    for (ZipEntry entry = archive.getNextEntry(); entry != null; entry = archive.getNextEntry()) {
      String name = entry.getName();
      if (name.equals("[Content_Types].xml") || name.equals("mimetype")) {
        throw new BadTextException("it is a spreadsheet or document", "Save it as CSV");
      }
      String base = name.substring(name.lastIndexOf('/') + 1);
      boolean hidden = name.startsWith("__MACOSX/") || base.startsWith(".") || base.startsWith("_");
      if (!entry.isDirectory() && !hidden) {
        return name;
      }
    }
    return null;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    int count = archive.read(target, offset, length);
    if (count < 0) {
      String another = next(archive);
      if (another != null) {
        throw new BadTextException(
            "the archive holds more than one file, such as %s and %s".formatted(name, another),
            "Unpack it and give the folder");
      }
    }
    return count;
  }
}
