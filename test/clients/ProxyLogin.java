import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;

class ProxyLogin {
  static void check(boolean ok, String what) {
    if (!ok) throw new AssertionError(what);
  }

  public static void main(String[] args) throws Exception {
    String url = "jdbc:oceanbase://127.0.0.1:" + System.getenv("PROXY_PORT") + "/";
    String user = System.getenv("PROXY_USER");
    try (Connection connection = DriverManager.getConnection(url, user, System.getenv("PROXY_PASSWORD"));
        Statement statement = connection.createStatement()) {
      ResultSet server = statement.executeQuery("SELECT zone FROM oceanbase.DBA_OB_SERVERS");
      check(server.next() && server.getString(1).equals("zone1"), "zone");
      statement.execute("CREATE DATABASE java");
      statement.execute("CREATE TABLE java.t (id INT PRIMARY KEY, name VARCHAR(20))");
      try (PreparedStatement insert = connection.prepareStatement("INSERT INTO java.t VALUES (?, ?)")) {
        insert.setInt(1, 1);
        insert.setString(2, "o'b");
        check(insert.executeUpdate() == 1, "insert");
      }
      ResultSet rows = statement.executeQuery("SELECT name FROM java.t");
      check(rows.next() && rows.getString(1).equals("o'b"), "name");
    }
  }
}
