/* Files of other kinds; see foreign.h. */
#include "data/foreign.h"

#include <stddef.h>
#include <string.h>
#include <unistd.h>

#define SIGNATURE(text) text, sizeof text - 1

static const struct {
  const char *bytes;
  size_t n;
  const char *kind, *way;
} kinds[] = {
    {SIGNATURE("CDF\1"), "a netCDF-3 file", "make it netCDF-4 with `nccopy -k nc4 old.nc new.nc`"},
    {SIGNATURE("CDF\2"), "a netCDF-3 file", "make it netCDF-4 with `nccopy -k nc4 old.nc new.nc`"},
    {SIGNATURE("CDF\5"), "a netCDF-3 file", "make it netCDF-4 with `nccopy -k nc4 old.nc new.nc`"},
    {SIGNATURE("SIMPLE  ="), "a FITS file",
     "write its table as CSV: in Python, `Table.read(f).write('x.csv')` of astropy"},
    {SIGNATURE("\x1f\x8b"), "compressed with gzip", "unpack it: `gunzip -c FILE | orrery … --data -`"},
    {SIGNATURE("BZh"), "compressed with bzip2", "unpack it: `bunzip2 -c FILE | orrery … --data -`"},
    {SIGNATURE("\xfd"
               "7zXZ"),
     "compressed with xz", "unpack it: `xz -dc FILE | orrery … --data -`"},
    {SIGNATURE("\x28\xb5\x2f\xfd"), "compressed with zstd", "unpack it: `zstd -dc FILE | orrery … --data -`"},
    {SIGNATURE("PK\3\4"), "a zip archive or a spreadsheet (.xlsx, .ods)",
     "unpack it, or save the sheet as CSV"},
    {SIGNATURE("\xd0\xcf\x11\xe0"), "a spreadsheet of old Excel (.xls)", "save the sheet as CSV"},
    {SIGNATURE("PAR1"), "a Parquet file",
     "write it as CSV: in Python, `pandas.read_parquet(f).to_csv('x.csv')`"},
    {SIGNATURE("ARROW1"), "a Feather file",
     "write it as CSV: in Python, `pandas.read_feather(f).to_csv('x.csv')`"},
    {SIGNATURE("\x93NUMPY"), "an array of NumPy's",
     "write it as CSV: in Python, `numpy.savetxt('x.csv', a, delimiter=',')`"},
    {SIGNATURE("MATLAB 5.0 MAT"), "a MATLAB file older than 7.3", "save it again: `save('x.mat', '-v7.3')`"},
    {SIGNATURE("SQLite format 3"), "an SQLite database",
     "write a table as CSV: `sqlite3 -csv -header FILE 'select * from t'`"},
    {SIGNATURE("%PDF-"), "a PDF document", "ask its author for the table"},
};

orr_status orr_foreign_refuse(int fd, const char *name, orr_error *e) {
  char head[16];
  ssize_t n = pread(fd, head, sizeof head, 0);
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
    if (n >= (ssize_t)kinds[i].n && !memcmp(head, kinds[i].bytes, kinds[i].n))
      return orr_fail(e, ORR_DATA, "%.200s is %s, which is not read here; %s", name, kinds[i].kind,
                      kinds[i].way);
  return ORR_OK;
}
