/**
 * Object mappers and document stores for Python: what a query finds is what the database holds, not the key it was asked
 * with. A row that a class of the program is named for is an instance of it.
 */
import type { Model } from "../../../server/rule/rule.ts";

/** Gives a query that goes on: SQLAlchemy's `Query` and what is added to it. */
const MORE =
  "{filter,filter_by,where,order_by,group_by,having,join,outerjoin,select_from,limit,offset,slice,distinct,options,union,union_all,intersect,except_,with_for_update,populate_existing,execution_options,yield_per,params,with_entities,from_statement}";
/** Django: the same of a query set. */
const DJANGO_MORE =
  "{all,filter,exclude,complex_filter,order_by,reverse,distinct,select_related,prefetch_related,select_for_update,annotate,alias,defer,only,using,none,values,values_list,dates,datetimes,union,intersection,difference,iterator,aiterator}";
const PEEWEE_MORE =
  "{where,orwhere,filter,order_by,order_by_extend,group_by,group_by_extend,having,join,left_outer_join,join_from,switch,limit,offset,paginate,distinct,from_,for_update,prefetch,dicts,tuples,namedtuples,objects,clone,union,union_all,intersect,except_,iterator,execute,aexecute}";
/** A collection of documents, by whichever driver. */
const COLLECTION = "pymongo.collection.Collection()";
const DATABASE = "pymongo.database.Database()";
const CLIENT = "pymongo.MongoClient()";

const records: Model = {
  language: "python",
  usual: ["find_one", "get_or_404"],
  types: {
    "sqlalchemy.orm.Query()": [
      `sqlalchemy.orm.Query().${MORE}()`,
      "sqlalchemy.orm.Session().query()",
      "flask_sqlalchemy.SQLAlchemy().Model.query",
    ],
    // A statement in the expression language: what is compared with is bound.
    "sqlalchemy.Select()": [
      "sqlalchemy.{select,insert,update,delete}()",
      "sqlalchemy.sql.{select,insert,update,delete}()",
      "{sqlalchemy.future,sqlalchemy.sql.expression,sqlmodel}.{select,insert,update,delete}()",
      `sqlalchemy.Select().${MORE}()`,
      "sqlalchemy.Select().{values,returning,on_conflict_do_nothing,on_conflict_do_update,scalar_subquery,subquery}()",
    ],
    "django.db.models.QuerySet()": [
      "django.db.models.{Manager,manager.Manager,manager.BaseManager,query.QuerySet}()",
      "django.db.models.Model.{objects,_default_manager,_base_manager}",
      "django.contrib.auth.models.{User,Group,Permission,AbstractUser,AbstractBaseUser}.objects",
      "django.contrib.auth.get_user_model().objects",
      `django.db.models.QuerySet().${DJANGO_MORE}()`,
    ],
    "peewee.Query()": ["peewee.Model.{select,filter,raw}()", `peewee.Query().${PEEWEE_MORE}()`],
    [CLIENT]: [
      "pymongo.mongo_client.MongoClient()",
      "pymongo.{AsyncMongoClient,asynchronous.mongo_client.AsyncMongoClient}()",
      "motor.motor_asyncio.AsyncIOMotorClient()",
      "motor.motor_tornado.MotorClient()",
    ],
    [DATABASE]: [
      `${CLIENT}.*`,
      `${CLIENT}[*]`,
      `${CLIENT}.{get_database,get_default_database}()`,
      "flask_pymongo.PyMongo().db",
    ],
    [COLLECTION]: [`${DATABASE}.*`, `${DATABASE}[*]`, `${DATABASE}.get_collection()`],
    "pymongo.cursor.Cursor()": [
      `${COLLECTION}.{find,aggregate}()`,
      "pymongo.cursor.Cursor().{sort,limit,skip,batch_size,hint,collation,max_time_ms,clone,to_list}()",
    ],
  },
  passes: [
    { path: "sqlalchemy.orm.Session().{get,get_one}()", from: [0], gives: "instance" },
    {
      path: "sqlalchemy.orm.Session().{execute,scalar,scalars,stream,stream_scalars}()",
      from: [],
    },
    { path: "sqlalchemy.orm.Session().query()", from: [0], gives: "instances" },
    { path: "flask_sqlalchemy.SQLAlchemy().get_or_404()", from: [0], gives: "instance" },
    {
      path: "flask_sqlalchemy.SQLAlchemy().{first_or_404,one_or_404,paginate}()",
      from: [],
    },
    { path: `sqlalchemy.orm.Query().${MORE}()`, from: ["recv"], same: true },
    {
      path: `sqlalchemy.Select().{${MORE.slice(1, -1)},values,returning}()`,
      from: ["recv", "*"],
      clears: ["sql"],
    },
    { path: "sqlalchemy.orm.Query().all()", from: ["recv"], gives: "list" },
    {
      path: "sqlalchemy.orm.Query().{first,one,one_or_none,get,get_or_404,first_or_404,one_or_404}()",
      from: ["recv"],
      gives: "element",
    },
    {
      path: "sqlalchemy.orm.Query().{scalar,value,values,instances,paginate,count,exists,delete,update}()",
      from: [],
    },
    {
      path: "django.shortcuts.{get_object_or_404,aget_object_or_404}()",
      from: [0],
      gives: "instance",
    },
    {
      path: "django.shortcuts.{get_list_or_404,aget_list_or_404}()",
      from: [0],
      gives: "instances",
    },
    {
      path: "django.db.models.QuerySet().{get,aget,first,afirst,last,alast,earliest,aearliest,latest,alatest,in_bulk,ain_bulk,aggregate,aaggregate,count,acount,exists,aexists,contains,acontains,update,aupdate,delete,adelete}()",
      from: [],
    },
    {
      path: "django.db.models.QuerySet().{create,acreate,bulk_create,abulk_create,get_or_create,aget_or_create,update_or_create,aupdate_or_create}()",
      from: ["*"],
    },
    { path: "peewee.Model.{get,get_by_id,get_or_none}()", from: ["recv"], gives: "instance" },
    { path: "peewee.Model.{select,filter,raw}()", from: ["recv"], gives: "instances" },
    { path: `peewee.Query().${PEEWEE_MORE}()`, from: ["recv"], same: true },
    { path: "peewee.Query().{first,get,get_or_none,peek}()", from: ["recv"], gives: "element" },
    { path: "peewee.Query().{scalar,scalars,count,exists}()", from: [] },
    {
      path: `${COLLECTION}.{find_one,find_one_and_update,find_one_and_replace,find_one_and_delete,find,aggregate,distinct,count_documents,estimated_document_count,delete_one,delete_many}()`,
      from: [],
    },
    // Nothing else has methods of these names.
    { path: "*.{find_one,one_or_none,scalar_one,scalar_one_or_none,get_or_404}()", from: [] },
  ],
};

export default records;
