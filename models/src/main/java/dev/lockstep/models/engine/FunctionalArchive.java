package dev.lockstep.models.engine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * A TorchScript archive around another one, whose forward takes the inner module's parameters as
 * arguments before its inputs. Gradients then flow to whatever arrays these are, as {@code
 * torch.func.functional_call} has it in Python.
 *
 * <p>An archive is a zip of pickled attributes ({@code data.pkl}) and of code as text. The outer
 * module is one more class, and its pickled attributes enclose those of the inner one.
 */
final class FunctionalArchive {
  private static final String MODULE = "__torch__.lockstep_functional";
  private static final String FILE = "code/__torch__/lockstep_functional.py";

  /** What tracing in training mode leaves in the code: it would be so for ever. */
  private static final Pattern TRACED_IN_TRAINING =
      Pattern.compile(
          "torch\\.dropout_?\\([^\\n]*, True\\)"
              + "|torch\\.batch_norm\\([^\\n]*, True, [-0-9.e]+, [-0-9.e]+, (True|False)\\)");

  private FunctionalArchive() {}

  /**
   * The archive around another.
   *
   * @param archive a {@code .pt} file as {@code torch.jit.save} writes it
   * @param parameters the inner module's parameters by their dotted names, in the order of the
   *     arguments
   * @param inputs number of the inner module's inputs
   * @throws IOException if the file is no such archive
   * @throws IllegalArgumentException if the module was traced in training mode
   */
  static byte[] around(Path archive, List<String> parameters, int inputs) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    boolean found = false;
    // By the central directory: what PyTorch writes cannot be read as a stream.
    try (ZipFile in = new ZipFile(archive.toFile());
        ZipOutputStream out = new ZipOutputStream(bytes)) {
      for (ZipEntry entry : Collections.list(in.entries())) {
        byte[] content = in.getInputStream(entry).readAllBytes();
        String name = entry.getName();
        int root = name.indexOf('/') + 1;
        if (name.substring(root).equals("data.pkl")) {
          found = true;
          Pickle inner = new Pickle(content);
          store(out, name, inner.enclosed());
          store(out, name.substring(0, root) + FILE, code(inner.type(), parameters, inputs));
        } else {
          refuseTraining(name, content);
          store(out, name, content);
        }
      }
    }
    if (!found) {
      throw new IOException("not a TorchScript archive: it has no data.pkl");
    }
    return bytes.toByteArray();
  }

  /** All code of an archive, that of submodules and functions included. */
  static String code(Path archive) throws IOException {
    StringBuilder code = new StringBuilder();
    try (ZipFile in = new ZipFile(archive.toFile())) {
      for (ZipEntry entry : Collections.list(in.entries())) {
        if (entry.getName().endsWith(".py")) {
          byte[] content = in.getInputStream(entry).readAllBytes();
          code.append(new String(content, StandardCharsets.UTF_8)).append('\n');
        }
      }
    }
    return code.toString();
  }

  private static void refuseTraining(String name, byte[] content) {
    if (name.endsWith(".py")
        && TRACED_IN_TRAINING.matcher(new String(content, StandardCharsets.UTF_8)).find()) {
      throw new IllegalArgumentException(
          "the module was traced in training mode, with dropout or batch normalisation as they are"
              + " there: call eval() before torch.jit.trace, or use torch.jit.script, and give"
              + " functional dropout training=self.training");
    }
  }

  /** Uncompressed, as PyTorch itself stores. */
  private static void store(ZipOutputStream out, String name, byte[] content) throws IOException {
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    CRC32 crc = new CRC32();
    crc.update(content);
    entry.setCrc(crc.getValue());
    out.putNextEntry(entry);
    out.write(content);
    out.closeEntry();
  }

  private static byte[] code(String type, List<String> parameters, int inputs) {
    StringBuilder code = new StringBuilder();
    code.append("class Functional(Module):\n")
        .append("  __parameters__ = []\n")
        .append("  __buffers__ = []\n")
        .append("  training : bool\n")
        .append("  inner : ")
        .append(type)
        .append('\n')
        .append("  def forward(self: ")
        .append(MODULE)
        .append(".Functional");
    for (int i = 0; i < parameters.size(); i++) {
      code.append(",\n    p").append(i).append(": Tensor");
    }
    for (int i = 0; i < inputs; i++) {
      code.append(",\n    x").append(i).append(": Tensor");
    }
    code.append(") -> Tensor:\n").append("    inner = self.inner\n");
    for (int i = 0; i < parameters.size(); i++) {
      String[] path = parameters.get(i).split("\\.", -1);
      String owner = "inner";
      for (int depth = 0; depth < path.length - 1; depth++) {
        String next = "m" + i + "_" + depth;
        // getattr, because a module of a Sequential has a number for a name.
        code.append("    ")
            .append(next)
            .append(" = getattr(")
            .append(owner)
            .append(", \"")
            .append(path[depth])
            .append("\")\n");
        owner = next;
      }
      code.append("    ")
          .append(owner)
          .append('.')
          .append(path[path.length - 1])
          .append(" = p")
          .append(i)
          .append('\n');
    }
    code.append("    return (inner).forward(");
    for (int i = 0; i < inputs; i++) {
      code.append("x").append(i).append(", ");
    }
    return code.append(")\n").toString().getBytes(StandardCharsets.UTF_8);
  }

  /** The pickled attributes of a module. */
  private static final class Pickle {
    private static final byte[] HEAD = {(byte) 0x80, 2, 'c'};

    private final byte[] bytes;

    Pickle(byte[] bytes) throws IOException {
      this.bytes = bytes;
      if (bytes.length < 5
          || !Arrays.equals(bytes, 0, HEAD.length, HEAD, 0, HEAD.length)
          || bytes[bytes.length - 1] != '.') {
        throw new IOException("not a TorchScript archive: its data.pkl is not that of a module");
      }
    }

    /** The module's type: the pickle begins with its two lines. */
    String type() throws IOException {
      int line = indexOf('\n', HEAD.length);
      int end = indexOf('\n', line + 1);
      return new String(bytes, HEAD.length, line - HEAD.length, StandardCharsets.UTF_8)
          + "."
          + new String(bytes, line + 1, end - line - 1, StandardCharsets.UTF_8);
    }

    private int indexOf(char wanted, int from) throws IOException {
      for (int i = from; i < bytes.length; i++) {
        if (bytes[i] == wanted) {
          return i;
        }
      }
      throw new IOException("not a TorchScript archive: its data.pkl names no type");
    }

    /** The outer module's attributes, the inner module being one of them. */
    byte[] enclosed() {
      ByteArrayOutputStream out = new ByteArrayOutputStream(bytes.length + 256);
      // PROTO 2, GLOBAL, EMPTY_TUPLE, NEWOBJ, EMPTY_DICT, MARK
      out.writeBytes(new byte[] {(byte) 0x80, 2, 'c'});
      out.writeBytes((MODULE + "\nFunctional\n").getBytes(StandardCharsets.UTF_8));
      out.writeBytes(new byte[] {')', (byte) 0x81, '}', '('});
      name(out, "training");
      out.write(0x89); // NEWFALSE
      name(out, "inner");
      out.write(bytes, 2, bytes.length - 3);
      out.writeBytes(new byte[] {'u', 'b', '.'}); // SETITEMS, BUILD, STOP
      return out.toByteArray();
    }

    private static void name(ByteArrayOutputStream out, String name) {
      out.writeBytes(new byte[] {'X', (byte) name.length(), 0, 0, 0}); // BINUNICODE
      out.writeBytes(name.getBytes(StandardCharsets.UTF_8));
    }
  }
}
