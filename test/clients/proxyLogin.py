import os

import pymysql

connection = pymysql.connect(
    host="127.0.0.1",
    port=int(os.environ["PROXY_PORT"]),
    user=os.environ["PROXY_USER"],
    password=os.environ["PROXY_PASSWORD"],
)
with connection, connection.cursor() as cursor:
    cursor.execute("SELECT %s + 1, zone FROM oceanbase.DBA_OB_SERVERS", (41,))
    assert cursor.fetchall() == ((42, "zone1"),)
    cursor.execute("CREATE DATABASE python")
    cursor.execute("CREATE TABLE python.t (id INT PRIMARY KEY, name VARCHAR(20))")
    cursor.executemany("INSERT INTO python.t VALUES (%s, %s)", [(1, "è"), (2, "o'b")])
    connection.commit()
    cursor.execute("SELECT name FROM python.t ORDER BY id")
    assert [name for (name,) in cursor.fetchall()] == ["è", "o'b"]
